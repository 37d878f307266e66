import { isFloat } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { resolveAxis, type Shape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { sub } from "../elementwise/binary.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { neg } from "../elementwise/unary.ts";
import { argmaxWindow } from "../pooling/maxWindow.ts";
import { reshape } from "../shape/reshape.ts";
import { movedAxis } from "../shape/transpose.ts";
import { checkKeepDim, type ReduceOptions } from "./sum.ts";

/**
 * Where along an axis the largest element is, as int32: the first of several, and a NaN counts as the largest. Without an axis,
 * where among all elements in row-major order. No gradient passes.
 */
export function argmax(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  const { rows, shape } = alongAxis("argmax", x, axis, options);
  return reshape(firstMaximum(rows), shape);
}

/** Where the smallest element is; see `argmax`. Here, too, a NaN comes first. */
export function argmin(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  const { rows, shape } = alongAxis("argmin", x, axis, options);
  return reshape(firstMinimum(rows), shape);
}

/** The comparisons that `op` has to make, one per row of `(count, length)`, and the shape that its results get. */
export function alongAxis(
  op: string,
  x: Tensor,
  axis: number | undefined,
  options: ReduceOptions,
): { rows: Tensor; shape: Shape } {
  checkTensor(op, x);
  const keepDim = checkKeepDim(op, options);
  const at = axis === undefined ? undefined : resolveAxis(op, axis, x.rank);
  const length = at === undefined ? x.size : x.shape[at]!;
  if (length === 0)
    throw new ShapeError(`${op}: nothing to compare along axis ${at ?? "0"} of shape ${showShape(x.shape)}`);
  const over = (i: number): boolean => at === undefined || i === at;
  return {
    rows: reshape(at === undefined ? x : movedAxis(x, at, -1), [x.size / length, length]),
    shape: keepDim ? x.shape.map((l, i) => (over(i) ? 1 : l)) : x.shape.filter((_, i) => !over(i)),
  };
}

/** Where the first maximum of each row is: `(count, length)` to `(count, 1)`. */
export function firstMaximum(rows: Tensor): Tensor {
  const windows = { kernelSize: rows.shape[1]!, stride: 1, dilation: 1, padBefore: 0, outLength: 1 };
  return argmaxWindow(rows, windows);
}

/** As `firstMaximum`, of the order reversed. The negative of the least integer would be no integer of its type; −1 − x always is. */
export const firstMinimum = (rows: Tensor): Tensor => firstMaximum(isFloat(rows.dtype) ? neg(rows) : sub(-1, rows));
