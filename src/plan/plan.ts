import type { DType } from "../core/dtype.ts";
import type { Instruction, KernelCall } from "../core/kernels.ts";

/**
 * What a backend runs: the graph of one evaluation as a list of steps over numbered values. It depends on the structure of the graph
 * only, never on the numbers in it, so the next graph of the same structure runs the same plan.
 */
export interface Plan {
  /** First the leaves, then the result of each step. */
  readonly values: readonly Value[];
  /** The values that are given, in the order of `leavesOf(order)`. */
  readonly leaves: readonly Leaf[];
  /** In order; a step's inputs are leaves or the results of earlier steps. */
  readonly steps: readonly Step[];
  /** The values that were asked for, in the order asked; one may be a leaf, or appear twice. */
  readonly outputs: readonly number[];
}

/** An array that the plan reads or makes; its index in `Plan.values` names it. */
export interface Value {
  readonly dtype: DType;
  /** Elements. */
  readonly size: number;
  /** Whether it depends on fixed leaves alone: then it is computed once, and again only when one of them has changed. */
  readonly fixed: boolean;
}

export interface Leaf {
  readonly value: number;
  /** A parameter keeps its place in a backend's memory from run to run; an input is handed over at every run. */
  readonly fixed: boolean;
}

/** One kernel, and what becomes of each number it makes before it is stored. */
export interface Step {
  readonly call: PlannedCall;
  /** The kernel's operands, then those of the epilogue; what both read is there twice. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** `null`: the kernel's result is stored as it is. */
  readonly epilogue: Epilogue | null;
}

/** A kernel of the closed list, or a chain of elementwise functions fused into one. `alias` never gets here: it is no step. */
export type PlannedCall =
  | Exclude<KernelCall, { kernel: "alias" | "elementwise" }>
  | { readonly kernel: "map"; readonly attributes: MapAttributes };

/** out[i…] = body(inputs at i…): elementwise functions over inputs of broadcast shapes, all of the element type of the result. */
export interface MapAttributes {
  /** The fewest axes that serve all inputs, none of length 1, `[0]` for no elements; of an epilogue, those of the kernel's result. */
  readonly shape: readonly number[];
  /** Strides of each input in `shape`: 0 where it repeats, or where the axis has length 1. No two inputs are the same. */
  readonly strides: readonly (readonly number[])[];
  /** Arguments count the inputs first; the last instruction is the result. */
  readonly body: readonly Instruction[];
}

/**
 * `body` over the kernel's result (argument 0, with `strides[0]`) and further operands (arguments 1, 2, …: `inputs` after the
 * kernel's own), broadcast to the result's `shape` as `strides` says. Only convolutions have one; its shape has their three axes.
 */
export type Epilogue = MapAttributes;
