import { ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkReal } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul, sub } from "../elementwise/binary.ts";
import { log } from "../elementwise/unary.ts";
import { mean } from "../reduce/mean.ts";
import { sum } from "../reduce/sum.ts";
import { squeeze } from "../shape/reshape.ts";
import { checkPair } from "./operands.ts";
import { checkReduction, type LossOptions, reduce } from "./reduction.ts";

export interface SiSdrLossOptions extends LossOptions {
  /** Whether the mean over time is taken from both signals first. Default false, as in the paper's formula. */
  zeroMean?: boolean;
  /** Added to every energy, so that silence and a perfect estimate stay finite. Default 1e-8. */
  eps?: number;
}

/**
 * The negative scale-invariant signal-to-distortion ratio in decibels, `−10·log₁₀(‖α·s‖² / ‖α·s − ŝ‖²)` with
 * `α = ⟨ŝ, s⟩ / ‖s‖²`, for an estimate ŝ of the signal s: the less the better, whatever the loudness of the estimate.
 *
 * Shapes: both `(…, L)`. Time is the last axis; each of the other positions is a signal of its own, and `reduction` is over these.
 *
 * Le Roux et al. 2019, "SDR – half-baked or well done?", https://arxiv.org/abs/1811.02508, equation 4
 */
export function siSdrLoss(estimate: Tensor, target: Tensor, options: SiSdrLossOptions = {}): Tensor {
  const reduction = checkReduction("siSdrLoss", options, ["zeroMean", "eps"]);
  const { zeroMean = false, eps = 1e-8 } = options;
  checkReal("siSdrLoss", "eps", eps);
  const centre = checkBoolean("siSdrLoss", "zeroMean", zeroMean);
  checkPair("siSdrLoss", estimate, target);
  if (target.rank === 0) throw new ShapeError("siSdrLoss: expected signals of shape (…, L), got numbers without axes");
  const heard = centre ? centred(estimate) : estimate;
  const meant = centre ? centred(target) : target;
  const scale = div(energy(heard, meant, eps), energy(meant, meant, eps));
  const projected = mul(scale, meant);
  const distortion = sub(projected, heard);
  const ratio = sub(log(energy(projected, projected, eps)), log(energy(distortion, distortion, eps)));
  return reduce(squeeze(mul(ratio, -10 / Math.LN10), -1), reduction);
}

const centred = (x: Tensor): Tensor => sub(x, mean(x, -1, { keepDim: true }));

const energy = (a: Tensor, b: Tensor, eps: number): Tensor => add(sum(mul(a, b), -1, { keepDim: true }), eps);
