import { ShapeError } from "../../core/errors.ts";
import { checkReal } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul, sub } from "../elementwise/binary.ts";
import { sum } from "../reduce/sum.ts";
import { slice } from "../shape/slice.ts";
import { checkPair } from "./operands.ts";
import { checkReduction, type LossOptions, reduce } from "./reduction.ts";

export interface EsrLossOptions extends LossOptions {
  /** Compares `x[t] − preEmphasis · x[t−1]` instead of x, one sample shorter, to weigh high frequencies more. Default 0: off. */
  preEmphasis?: number;
  /** Added to the energy of the target, so that silence stays finite. Default 1e-8. */
  eps?: number;
}

/**
 * The error-to-signal ratio `Σ (y − ŷ)² / Σ y²` of an estimate ŷ of the signal y: the loss of amplifier and pedal models, 0 for
 * a perfect one and 1 for silence.
 *
 * Shapes: both `(…, L)`. Time is the last axis; each of the other positions is a signal of its own, and `reduction` is over these.
 *
 * Wright et al. 2020, "Real-time guitar amplifier emulation with deep learning", https://doi.org/10.3390/app10030766, where
 * `preEmphasis` is 0.95; Neural Amp Modeler has 0.85.
 */
export function esrLoss(estimate: Tensor, target: Tensor, options: EsrLossOptions = {}): Tensor {
  const reduction = checkReduction("esrLoss", options, ["preEmphasis", "eps"]);
  const { preEmphasis: coefficient = 0, eps = 1e-8 } = options;
  checkReal("esrLoss", "eps", eps);
  checkReal("esrLoss", "preEmphasis", coefficient);
  checkPair("esrLoss", estimate, target);
  const least = coefficient === 0 ? 1 : 2;
  if ((target.shape.at(-1) ?? 0) < least)
    throw new ShapeError(
      `esrLoss: expected signals of shape (…, L) with at least ${least} samples, got ${showShape(target.shape)}`,
    );
  const meant = emphasised(target, coefficient);
  const error = sub(meant, emphasised(estimate, coefficient));
  return reduce(div(energy(error), add(energy(meant), eps)), reduction);
}

const energy = (x: Tensor): Tensor => sum(mul(x, x), -1);

const emphasised = (x: Tensor, coefficient: number): Tensor =>
  coefficient === 0 ? x : sub(slice(x, -1, 1), mul(slice(x, -1, 0, -1), coefficient));
