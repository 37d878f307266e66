import { resolveAxis } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { take } from "../pooling/maxWindow.ts";
import { reshape } from "../shape/reshape.ts";
import { alongAxis, firstMaximum, firstMinimum } from "./argmax.ts";
import type { ReduceOptions } from "./sum.ts";

/**
 * The largest element along an axis, or of all. The gradient goes to the first of several equal maxima, as PyTorch's `max(dim)`;
 * a NaN counts as the largest.
 */
export function max(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  const { rows, shape } = alongAxis("max", x, axis, options);
  return extreme("max", x, axis, options, reshape(take(rows, firstMaximum(rows)), shape));
}

/** The smallest element along an axis, or of all; see `max`. Here a NaN counts as the smallest. */
export function min(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  const { rows, shape } = alongAxis("min", x, axis, options);
  return extreme("min", x, axis, options, reshape(take(rows, firstMinimum(rows)), shape));
}

const extreme = (name: string, x: Tensor, axis: number | undefined, options: ReduceOptions, y: Tensor): Tensor =>
  composed(
    name,
    [x],
    { axes: axis === undefined ? null : [resolveAxis(name, axis, x.rank)], keepDim: options.keepDim ?? false },
    y,
  );
