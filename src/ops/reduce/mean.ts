import { checkReal } from "../../core/options.ts";
import { resolveAxes } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { div, mul, sub } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { type Axes, checkKeepDim, type ReduceOptions, sumOver } from "./sum.ts";

const countOver = (x: Tensor, axes: readonly number[]): number =>
  axes.reduce((count, axis) => count * x.shape[axis]!, 1);

/** The mean over `axes` (all of them by default); NaN over nothing. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkFloatTensor("mean", x);
  const keepDim = checkKeepDim("mean", options);
  const over = resolveAxes("mean", axes, x.rank);
  return composed("mean", [x], { axes: over, keepDim }, div(sumOver(x, over, keepDim), countOver(x, over)));
}

/** The variance over `axes`: `Σ (x − mean)² / (count − correction)`, with PyTorch's default correction of 1 (Bessel's). */
export function variance(x: Tensor, axes?: Axes, options: ReduceOptions & { correction?: number } = {}): Tensor {
  checkFloatTensor("variance", x);
  const keepDim = checkKeepDim("variance", options, ["correction"]);
  const { correction = 1 } = options;
  checkReal("variance", "correction", correction);
  const over = resolveAxes("variance", axes, x.rank);
  const centred = sub(x, mean(x, over, { keepDim: true }));
  return div(sumOver(mul(centred, centred), over, keepDim), countOver(x, over) - correction);
}
