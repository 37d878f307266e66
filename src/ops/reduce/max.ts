import { ShapeError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import { resolveAxis, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { neg } from "../elementwise/unary.ts";
import { maxWindow } from "../pooling/maxWindow.ts";
import { reshape } from "../shape/reshape.ts";
import { movedAxis } from "../shape/transpose.ts";
import type { ReduceOptions } from "./sum.ts";

/**
 * The largest element along an axis, or of all. The gradient goes to the first of several equal maxima, as PyTorch's `max(dim)`;
 * a NaN counts as the largest.
 */
export function max(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  checkTensor("max", x);
  checkOptions("max", options, ["keepDim"]);
  if (axis === undefined) {
    const whole = max(reshape(x, [x.size]), 0);
    return options.keepDim
      ? reshape(
          whole,
          x.shape.map(() => 1),
        )
      : whole;
  }
  const at = resolveAxis("max", axis, x.rank);
  const length = x.shape[at]!;
  if (length === 0) throw new ShapeError(`max: nothing to compare along axis ${at} of shape ${showShape(x.shape)}`);
  const others = x.shape.filter((_, i) => i !== at);
  const rows = reshape(movedAxis(x, at, -1), [x.size / length, length]);
  const largest = maxWindow(rows, { kernelSize: length, stride: 1, dilation: 1, padBefore: 0, outLength: 1 });
  return reshape(largest, options.keepDim ? x.shape.with(at, 1) : others);
}

/** The smallest element along an axis, or of all; see `max`. */
export const min = (x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor => neg(max(neg(x), axis, options));
