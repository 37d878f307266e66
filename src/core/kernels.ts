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
   * (gates, weightHh, initial) → hidden and cell states of an LSTM for every moment. In pieces, each from the last states of the one
   * before, the results are the same.
   */
  lstm: LstmSizes;
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

/** gates `(batch, 4 · hidden, length)`, weightHh `(4 · hidden, hidden)`, initial `(batch, 2 · hidden)`: hidden, then cell states. */
export interface LstmSizes {
  readonly batch: number;
  readonly hidden: number;
  readonly length: number;
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
