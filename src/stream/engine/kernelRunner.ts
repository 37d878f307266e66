import type { Tensor } from "../../graph/tensor.ts";
import type { Workspace, WorkspaceKernel } from "../../graph/workspace.ts";
import type { KernelProcess } from "../network.ts";
import { compileUnits } from "./kernels.ts";
import { floorDivide, unitsOf } from "./layout.ts";
import type { Tape } from "./tape.ts";

/** Runs of one number of units after which it gets a kernel of its own; up to so many numbers do. */
const [USES_BEFORE, SIZES_OF_OWN] = [2, 8];

/**
 * Computes the results of one process, in runs of units: of a number that has its own kernel, or of powers of two. Which, changes no
 * bit, because every result is computed by itself.
 */
export class KernelRunner {
  readonly process: KernelProcess;
  readonly outputs: readonly Tape[];
  readonly #tapes: readonly Tape[];
  readonly #workspace: Workspace;
  readonly #fixed: readonly Tensor[];
  readonly #kernels = new Map<number, WorkspaceKernel>();
  readonly #uses = new Map<number, number>();
  /** By reading: its tape, the samples from one unit to the next, and the first sample of unit 0. Plain integers, which are never boxed. */
  readonly #sources: readonly Tape[];
  readonly #steps: Int32Array;
  readonly #starts: Int32Array;
  readonly #size: number;
  readonly #first: number;
  /** Units at once, at most. */
  readonly #most: number;
  #own = 0;

  constructor(
    process: KernelProcess,
    tapes: readonly Tape[],
    workspace: Workspace,
    fixed: readonly Tensor[],
    most: number,
  ) {
    this.process = process;
    this.#tapes = tapes;
    this.#workspace = workspace;
    this.#fixed = fixed;
    this.outputs = process.outputs.map(({ tape }) => tapes[tape]!);
    const { size, first } = unitsOf(process);
    this.#size = size | 0;
    this.#first = first | 0;
    this.#sources = process.readings.map(({ signal }) => tapes[signal.tape]!);
    this.#steps = Int32Array.from(process.readings, ({ step }) => step);
    this.#starts = Int32Array.from(process.readings, ({ offset, signal }) => offset - signal.before);
    this.#most = 2 ** Math.max(0, Math.floor(Math.log2(most / size)));
  }

  /** The first sample that reading `i` still needs when `made` results are made. */
  needed(reading: number, made: number): number {
    return floorDivide(made - this.#first, this.#size) * this.#steps[reading]! + this.#starts[reading]!;
  }

  /** Makes results `from..to−1`. */
  run(from: number, to: number): void {
    let unit = floorDivide(from - this.#first, this.#size);
    const end = floorDivide(to - this.#first + this.#size - 1, this.#size);
    while (unit < end) {
      const count = this.#countFor(end - unit);
      this.#runUnits(this.#kernel(Math.max(count, this.process.atLeast)), unit, count, from, to);
      unit += count;
    }
  }

  /** Has a kernel for runs of `results` results, from the start or later. */
  prepare(from: number, to: number): void {
    const unit = floorDivide(from - this.#first, this.#size);
    const count = floorDivide(to - this.#first + this.#size - 1, this.#size) - unit;
    if (count > 0 && count <= this.#most) this.#kernel(Math.max(count, this.process.atLeast));
  }

  #countFor(units: number): number {
    if (this.#kernels.has(units)) return units;
    if (units <= this.#most && this.#own < SIZES_OF_OWN) {
      const uses = (this.#uses.get(units) ?? 0) + 1;
      this.#uses.set(units, uses);
      if (uses > USES_BEFORE) {
        this.#own++;
        return units;
      }
    }
    return Math.min(1 << (31 - Math.clz32(units)), this.#most);
  }

  #kernel(count: number): WorkspaceKernel {
    let kernel = this.#kernels.get(count);
    if (!kernel) {
      const [capacities, rows] = [this.#tapes.map(({ capacity }) => capacity), this.#tapes.map((tape) => tape.rows)];
      kernel = compileUnits(this.#workspace, this.process, this.#fixed, capacities, rows, count);
      this.#kernels.set(count, kernel);
    }
    return kernel;
  }

  #runUnits(kernel: WorkspaceKernel, unit: number, count: number, from: number, to: number): void {
    for (let i = 0; i < this.#sources.length; i++)
      kernel.inputs[i] = this.#sources[i]!.at(unit * this.#steps[i]! + this.#starts[i]!);
    const first = unit * this.#size + this.#first;
    const begin = Math.max(first, from);
    const end = Math.min(first + count * this.#size, to);
    for (let i = 0; i < this.outputs.length; i++) kernel.targets[i] = this.outputs[i]!.at(begin);
    kernel.run(begin - first, end - begin);
  }
}
