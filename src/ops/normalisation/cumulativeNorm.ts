import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { full } from "../create.ts";
import { add, div, mul, sub } from "../elementwise/binary.ts";
import { clamp } from "../elementwise/clamp.ts";
import { sqrt, square } from "../elementwise/unary.ts";
import { cumsum } from "../recurrent/cumsum.ts";
import { sum } from "../reduce/sum.ts";
import { broadcastTo } from "../shape/broadcast.ts";
import { checkSignal } from "../signal.ts";
import { type AffineOptions, affine, checkAffine, checkEps } from "./standardise.ts";

/**
 * Cumulative layer normalisation: at every sample t, mean and variance are those of all channels at the samples 0 … t,
 * `y[c,t] = (x[c,t] − mean[t]) / √(variance[t] + eps) · weight[c] + bias[c]`. It looks at nothing that comes later, so it streams.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`, weight and bias `(C)`.
 *
 * The variance is `E[x²] − mean²`, not below 0: sums that only grow allow no other form, because numbers cannot be centred by a mean
 * that is still changing. Of a signal whose offset is k times its spread, it loses 2·log₂ k of the 24 binary digits. Frames are counted
 * in the element type, in float32 exactly up to 2²⁴ of them at least.
 *
 * Source: Luo & Mesgarani 2019, https://arxiv.org/abs/1809.07454, section II-D (cLN)
 * @throws ShapeError, OptionError, DTypeError
 */
export function cumulativeNorm(x: Tensor, options: AffineOptions = {}): Tensor {
  checkOptions("cumulativeNorm", options, ["weight", "bias", "eps"]);
  return normaliseCumulatively("cumulativeNorm", x, options);
}

/** As `cumulativeNorm`; `op` names the caller in errors. */
export function normaliseCumulatively(op: string, x: Tensor, options: AffineOptions): Tensor {
  const eps = checkEps(op, options.eps);
  checkSignal(op, x);
  const [channels, length] = x.shape.slice(-2) as [number, number];
  checkAffine(op, options, [channels], x);
  const total = (values: Tensor): Tensor => cumsum(sum(values, -2, { keepDim: true }), -1);
  // Counted by a sum too: readers of the graph see how the count goes on with time, which no array of it would say.
  const count = cumsum(broadcastTo(full([1], channels, { dtype: x.dtype }), [length]), -1);
  const mean = div(total(x), count);
  const variance = clamp(sub(div(total(square(x)), count), square(mean)), 0);
  return affine(mul(sub(x, mean), div(1, sqrt(add(variance, eps)))), options, [channels, 1]);
}
