import { resolveAxes } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { div, mul, sub } from "../elementwise/binary.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { type Axes, type ReduceOptions, sum } from "./sum.ts";

const countOver = (op: string, x: Tensor, axes: Axes | undefined): number =>
  resolveAxes(op, axes, x.rank).reduce((count, axis) => count * x.shape[axis]!, 1);

/** The mean over `axes` (all of them by default); NaN over nothing. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkTensor("mean", x);
  return div(sum(x, axes, options), countOver("mean", x, axes));
}

/** The variance over `axes`: `Σ (x − mean)² / (count − correction)`, with PyTorch's default correction of 1 (Bessel's). */
export function variance(x: Tensor, axes?: Axes, options: ReduceOptions & { correction?: number } = {}): Tensor {
  checkTensor("variance", x);
  const { correction = 1, ...reduce } = options;
  const centred = sub(x, mean(x, axes, { keepDim: true }));
  return div(sum(mul(centred, centred), axes, reduce), countOver("variance", x, axes) - correction);
}
