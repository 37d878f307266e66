import type { DType } from "./dtype.ts";
import type { Conv1dGeometry } from "./geometry.ts";

/**
 * The closed list of kernels: everything a backend has to know, and nothing else. Operations lower to these with plain integers;
 * adding an operation does not add a row, unless it truly needs its own loop.
 */
export interface Kernels {
  /** (x, w) → g: ∂T/∂g. */
  conv1d: Conv1dGeometry;
  /** (g, w) → x: ∂T/∂x. */
  conv1dInput: Conv1dGeometry;
  /** (x, g) → w: ∂T/∂w. */
  conv1dWeight: Conv1dGeometry;
  /** (x) → `out[…, q, …] = x[…, index[q], …]`, 0 where the index is −1. */
  gather: AxisIndex;
  /** (g) → `out[…, index[q], …] += g[…, q, …]` in ascending q: the adjoint of `gather`. */
  scatterAdd: AxisIndex;
  /** (x) → x broadcast or permuted into a new contiguous array: `out[i…] = x[Σ i·stride]`. */
  copy: { readonly shape: readonly number[]; readonly strides: readonly number[] };
  /** (a, b?, c?) → one scalar function of up to three broadcast inputs. */
  elementwise: Elementwise;
  /** (x) → sums over the axes whose output stride is 0. */
  sum: { readonly shape: readonly number[]; readonly outStrides: readonly number[] };
  /** (a, b, …) → the inputs one after the other along an axis. */
  concat: { readonly outer: number; readonly lengths: readonly number[]; readonly inner: number };
  /** (x) → int32 positions of the first maximum (a NaN counts as one) in each window of each row. */
  argmaxWindow: WindowGeometry;
  /** (x, index) → `out[row, t] = x[row, index[row, t]]`. */
  take: RowIndex;
  /** (g, index) → `out[row, index[row, t]] += g[row, t]` in ascending t: the adjoint of `take`. */
  put: RowIndex;
  /**
   * (gates, weightHh, initial) or (gates, weightHh, biasHh, initial) → the states of an LSTM, a GRU or the like for every moment. In
   * pieces, each from the last states of the one before, the results are the same.
   */
  recurrence: Recurrence;
  /** (x, initial) → `out[row, t] = out[row, t − 1] + x[row, t]`, from `initial[row]` on; in pieces the same. */
  cumsum: { readonly rows: number; readonly length: number };
  /** (x) → the same numbers in another element type. */
  cast: { readonly from: DType; readonly to: DType };
  /** (x) → the same storage under another shape. */
  alias: Record<never, never>;
}

/** An index map along one axis of an array seen as `(outer, length, inner)`. */
export interface AxisIndex {
  readonly outer: number;
  /** The axis on the side of `x`; on the side of the gathered array it is `index.length`. */
  readonly length: number;
  readonly inner: number;
  readonly index: Int32Array;
}

export interface WindowGeometry {
  readonly rows: number;
  readonly length: number;
  readonly outLength: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
}

export interface RowIndex {
  readonly rows: number;
  readonly length: number;
  readonly count: number;
}

/**
 * G gates per hidden unit, those of all parts: gates `(batch, G · hidden, length)`, weightHh `(G · hidden, hidden)`, biasHh
 * `(G · hidden)`; initial `(batch, states · hidden)` and the result `(batch, states · hidden, length)`, the hidden states first.
 */
export interface Recurrence {
  readonly batch: number;
  readonly hidden: number;
  readonly length: number;
  readonly states: number;
  readonly parts: readonly RecurrencePart[];
}

/**
 * A moment is made part by part: a product of the part's rows of the weight with the hidden states, or with what the part before has
 * made; then `body`, unit by unit. Its arguments are the unit's G gates, its G products (of which those of later parts are not known
 * yet), its states and what earlier parts have made; then come the instructions. `results` are the next states, in the last part; else
 * the one number for the next.
 */
export interface RecurrencePart {
  /** Its rows of the weight are those of the gates `from … to − 1`. */
  readonly from: number;
  readonly to: number;
  readonly body: readonly Instruction[];
  readonly results: readonly number[];
}

/** A function of numbers that came before it: arguments, then instructions. */
export interface Instruction {
  readonly fn: ScalarFunction;
  readonly arguments: readonly number[];
}

export interface Elementwise {
  readonly fn: ScalarFunction;
  readonly shape: readonly number[];
  /** Strides of each input in the output's shape: 0 where it repeats. */
  readonly strides: readonly (readonly number[])[];
}

export type Unary =
  | "neg"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "abs"
  | "sign"
  | "sin"
  | "cos"
  | "tanh"
  | "sigmoid"
  | "relu"
  | "erf"
  | "floor"
  | "round";
export type Binary = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "equal" | "less";
/** `select(condition, a, b)`: `a` where the condition is not 0. */
export type ScalarFunction = Unary | Binary | "select";

/** A kernel with its integers. */
export type KernelCall = {
  [K in keyof Kernels]: { readonly kernel: K; readonly attributes: Kernels[K] };
}[keyof Kernels];
