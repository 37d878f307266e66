import { OptionError } from "../../core/errors.ts";
import { checkNumber, isGiven } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul, sub } from "../elementwise/binary.ts";
import { sqrt } from "../elementwise/unary.ts";
import { mean } from "../reduce/mean.ts";
import { reshape } from "../shape/reshape.ts";
import { checkCompanion } from "../signal.ts";

/** What every normalisation shares: a learned factor and summand, and what keeps the root away from 0. */
export interface AffineOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/**
 * `(x − mean) / √(variance + eps)` over `axes`, and those two statistics with the axes kept at length 1. The variance is the
 * biased one, of numbers centred first: `mean(x²) − mean(x)²` would cancel all digits of a small signal on a large offset.
 */
export function standardise(
  x: Tensor,
  axes: readonly number[],
  eps: number,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const average = mean(x, axes, { keepDim: true });
  const centred = sub(x, average);
  const variance = mean(mul(centred, centred), axes, { keepDim: true });
  return { y: mul(centred, div(1, sqrt(add(variance, eps)))), mean: average, variance };
}

/** `y · weight + bias`, both read as `shape`, either of them optional. */
export function affine(y: Tensor, { weight, bias }: AffineOptions, shape: Shape): Tensor {
  const scaled = weight ? mul(y, reshape(weight, shape)) : y;
  return bias ? add(scaled, reshape(bias, shape)) : scaled;
}

/** Checks factor and summand, where they are given: of `shape`, and of the element type of x. */
export function checkAffine(op: string, { weight, bias }: AffineOptions, shape: Shape, x: Tensor): void {
  if (isGiven(weight)) checkCompanion(op, "weight", weight, shape, x);
  if (isGiven(bias)) checkCompanion(op, "bias", bias, shape, x);
}

export function checkEps(op: string, eps: unknown = 1e-5): number {
  const value = checkNumber(op, "eps", eps);
  if (value >= 0) return value;
  throw new OptionError(`${op}: eps must not be negative, got ${value}`);
}
