/**
 * The wasm backend: a plan becomes one WebAssembly module, emitted at run time for the network at hand. Convolutions give the bits of the
 * reference backend; what has no kernel here runs on the reference kernels, in the same memory.
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Backend, Compiled } from "../../graph/backend.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { leavesOf } from "../../plan/leaves.ts";
import { makePlan } from "../../plan/makePlan.ts";
import { PlanCache } from "../../plan/planCache.ts";
import { compilePlan } from "./code.ts";
import { Program } from "./program.ts";
import { Space } from "./space.ts";

/** The values of parameters keep their place in memory; whatever else is given is copied in at every run. */
const isParameter = (leaf: Tensor): boolean => leaf.owner !== leaf;

export function wasm(): Backend {
  const space = new Space();
  const programs = new PlanCache((plan) => new Program(compilePlan(plan), space));

  const run = (order: readonly Tensor[], outputs: readonly Tensor[]): TypedArray[] => {
    const program = programs.find(order, outputs, isParameter);
    const leaves = leavesOf(order);
    leaves.forEach((leaf, i) => {
      if (isParameter(leaf)) program.bindFixed(i, leaf);
    });
    program.begin();
    leaves.forEach((leaf, i) => {
      if (!isParameter(leaf)) program.bindInput(i, leaf.value!);
    });
    program.execute();
    return outputs.map((_, i) => program.read(i));
  };

  const compile = (order: readonly Tensor[], outputs: readonly Tensor[], inputs: readonly Tensor[]): Compiled => {
    const isFixed = (leaf: Tensor): boolean => !inputs.includes(leaf);
    const program = new Program(compilePlan(makePlan(order, outputs, isFixed)), space);
    const leaves = leavesOf(order);
    const positions = inputs.map((input) => leaves.indexOf(input));
    const fixed = leaves.flatMap((leaf, i) => (isFixed(leaf) ? [{ owner: leaf.owner, i }] : []));
    return (given, results) => {
      for (const { owner, i } of fixed) program.bindFixed(i, owner.node());
      program.begin();
      for (let i = 0; i < positions.length; i++) if (positions[i]! >= 0) program.bindInput(positions[i]!, given[i]!);
      program.execute();
      for (let i = 0; i < results.length; i++) program.read(i, results[i]!);
    };
  };

  return { name: "wasm", synchronous: true, run, compile };
}
