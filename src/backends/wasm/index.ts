/**
 * The wasm backend: a plan becomes one WebAssembly module, emitted at run time for the network at hand. Convolutions give the bits of the
 * reference backend; what has no kernel here runs on the reference kernels, in the same memory.
 */
import type { TypedArray } from "../../core/dtype.ts";
import { GraphError, OptionError } from "../../core/errors.ts";
import { checkChoice, checkOptions, show } from "../../core/options.ts";
import type { Backend, Compiled } from "../../graph/backend.ts";
import { evaluateSync } from "../../graph/evaluate.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { leavesOf } from "../../plan/leaves.ts";
import { makePlan } from "../../plan/makePlan.ts";
import { PlanCache } from "../../plan/planCache.ts";
import { compilePlan } from "./code.ts";
import { detailsOf } from "./details.ts";
import { Program } from "./program.ts";
import { Space } from "./space.ts";
import { wasmSupport } from "./support.ts";
import { WasmWorkspace } from "./workspace.ts";

export interface WasmOptions {
  /** How many threads compute: 1. */
  threads?: 1;
  /** "exact": every convolution gives the bits of the reference backend, on every machine. */
  precision?: "exact";
}

/**
 * The wasm backend, synchronous, with a memory of its own.
 *
 * @throws GraphError where WebAssembly with SIMD is missing or not allowed
 */
export function wasm(options: WasmOptions = {}): Backend {
  checkOptions("wasm", options, ["threads", "precision"]);
  checkChoice("wasm", "precision", options.precision ?? "exact", ["exact"]);
  if ((options.threads ?? 1) !== 1) throw new OptionError(`wasm: threads must be 1, got ${show(options.threads)}`);
  const { available, reason } = wasmSupport();
  if (!available) throw new GraphError(`wasm: ${reason}`);
  const space = new Space();
  const programs = new PlanCache((plan) => new Program(compilePlan(plan), space));
  return {
    name: "wasm",
    synchronous: true,
    run: (order, outputs) => run(programs.find(order, outputs, isParameter), leavesOf(order), outputs.length),
    compile: (order, outputs, inputs) => compile(order, outputs, inputs, space),
    workspace: () => new WasmWorkspace(space),
  };
}

/**
 * The present values of parameters keep their place in memory. Whatever else is given is copied in at every run, also what a parameter
 * was before: an expression may have both.
 */
const isParameter = (leaf: Tensor): boolean => leaf.owner !== leaf && leaf.owner.node() === leaf;

function run(program: Program, leaves: readonly Tensor[], outputs: number): TypedArray[] {
  for (let i = 0; i < leaves.length; i++)
    if (isParameter(leaves[i]!)) program.bindFixed(i, leaves[i]!, leaves[i]!.owner);
  program.begin();
  for (let i = 0; i < leaves.length; i++) if (!isParameter(leaves[i]!)) program.bindInput(i, leaves[i]!.value!);
  program.execute();
  program.end();
  return Array.from({ length: outputs }, (_, i) => program.read(i));
}

/** Everything but the inputs is fixed. Allocates nothing when called, hence the loops. */
function compile(
  order: readonly Tensor[],
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  space: Space,
): Compiled {
  const isFixed = (leaf: Tensor): boolean => !inputs.includes(leaf);
  const code = compilePlan(makePlan(order, outputs, isFixed));
  const program = new Program(code, space);
  const leaves = leavesOf(order);
  const positions = inputs.map((input) => leaves.indexOf(input));
  const fixed = leaves.flatMap((leaf, i) => (isFixed(leaf) ? [i] : []));
  const owners = fixed.map((i) => (isParameter(leaves[i]!) ? leaves[i]!.owner : leaves[i]!));
  const compiled: Compiled = (given, results) => {
    for (let i = 0; i < fixed.length; i++) {
      const node = owners[i]!.node();
      if (node.value === null) evaluateSync([node]);
      program.bindFixed(fixed[i]!, node, owners[i]!);
    }
    program.begin();
    for (let i = 0; i < positions.length; i++) if (positions[i]! >= 0) program.bindInput(positions[i]!, given[i]!);
    program.execute();
    for (let i = 0; i < results.length; i++) program.readInto(i, results[i]!);
  };
  compiled.again = () => program.execute();
  compiled.details = () => detailsOf(code);
  return compiled;
}
