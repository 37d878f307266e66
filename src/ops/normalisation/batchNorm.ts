import { OptionError, ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkOptions, checkReal } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul, sub } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { sqrt } from "../elementwise/unary.ts";
import { reshape } from "../shape/reshape.ts";
import { checkCompanion } from "../signal.ts";
import { moveStatistics, type Statistics } from "./running.ts";
import { type AffineOptions, affine, checkAffine, checkEps, standardise } from "./standardise.ts";

export interface BatchNormOptions extends AffineOptions {
  /** Whether to normalise by the batch's own statistics instead of the running ones. Default false. */
  training?: boolean;
  /** How far the running statistics move towards the batch's. Default 0.1. Only `batchNormStatistics` reads it. */
  momentum?: number;
}

const OPTIONS = ["weight", "bias", "training", "momentum", "eps"] as const;

/**
 * Normalises each channel: `y = (x − mean) / √(variance + eps) · weight + bias`, over batch and time.
 *
 * Shapes: x `(N, C)` or `(N, C, L)`, everything else `(C)`. Without `training` mean and variance are the running ones; with it
 * those of the batch (variance biased), and the running ones are not looked at and may be `null`.
 *
 * PyTorch's function writes the moved statistics into its arguments. Tensors do not change here: this function gives y alone, and
 * `batchNormStatistics`, with the same arguments, the statistics after the batch. `nn.BatchNorm1d` does both at once.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 * @throws ShapeError, also for one value per channel in training; OptionError; DTypeError
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options: BatchNormOptions = {},
): Tensor {
  const { training, eps } = resolve("batchNorm", options);
  checkBatch("batchNorm", x);
  if (training) return normaliseBatch("batchNorm", x, options, eps).y;
  if (!runningMean || !runningVar)
    throw new OptionError("batchNorm: without { training: true } the running mean and variance are needed, got null");
  return normaliseBy("batchNorm", x, { mean: runningMean, variance: runningVar }, options, eps);
}

/**
 * The running statistics after a batch x: `(1 − momentum) · running + momentum · batch`, where the variance is the unbiased one.
 * Takes the arguments of `batchNorm`, of which it reads `momentum`. No gradient flows through the result.
 */
export function batchNormStatistics(
  x: Tensor,
  runningMean: Tensor,
  runningVar: Tensor,
  options: BatchNormOptions = {},
): Statistics {
  const { momentum, eps } = resolve("batchNormStatistics", options);
  checkBatch("batchNormStatistics", x);
  checkCompanion("batchNormStatistics", "runningMean", runningMean, [x.shape[1]!], x);
  checkCompanion("batchNormStatistics", "runningVar", runningVar, [x.shape[1]!], x);
  const { seen, count } = normaliseBatch("batchNormStatistics", x, {}, eps);
  return moveStatistics({ mean: runningMean, variance: runningVar }, seen, count, momentum);
}

function resolve(op: string, options: BatchNormOptions): { training: boolean; momentum: number; eps: number } {
  checkOptions(op, options, OPTIONS);
  const { training = false, momentum = 0.1, eps } = options;
  return {
    training: checkBoolean(op, "training", training),
    momentum: checkReal(op, "momentum", momentum),
    eps: checkEps(op, eps),
  };
}

/** Checks that x is `(N, C)` or `(N, C, L)`. */
export function checkBatch(op: string, x: Tensor): void {
  checkFloatTensor(op, x);
  if (x.rank !== 2 && x.rank !== 3)
    throw new ShapeError(
      `${op}: expected 2D or 3D input (batch, channels) or (batch, channels, length), got ${x.rank}D input of shape ${showShape(x.shape)}`,
    );
}

/** Numbers per channel, in the shape that meets the channels of x. */
const channelShape = (x: Tensor): number[] => (x.rank === 3 ? [x.shape[1]!, 1] : [x.shape[1]!]);

/** Normalises by the statistics of x itself, and tells them: per channel, the variance biased, each of `count` numbers. */
export function normaliseBatch(
  op: string,
  x: Tensor,
  options: AffineOptions,
  eps: number,
): { y: Tensor; seen: Statistics; count: number } {
  const channels = x.shape[1]!;
  checkAffine(op, options, [channels], x);
  const count = x.shape[0]! * (x.shape[2] ?? 1);
  if (count === 1)
    throw new ShapeError(
      `${op}: Expected more than 1 value per channel when training, got input size ${showShape(x.shape)}`,
    );
  const { y, mean, variance } = standardise(x, x.rank === 3 ? [0, 2] : [0], eps);
  return {
    y: affine(y, options, channelShape(x)),
    seen: { mean: reshape(mean, [channels]), variance: reshape(variance, [channels]) },
    count,
  };
}

/**
 * Normalises by statistics that are known: one factor and one summand per channel, computed first, so that a large signal is read
 * once and a convolution in front can take them over.
 */
export function normaliseBy(op: string, x: Tensor, known: Statistics, options: AffineOptions, eps: number): Tensor {
  checkAffine(op, options, [x.shape[1]!], x);
  checkCompanion(op, "running mean", known.mean, [x.shape[1]!], x);
  checkCompanion(op, "running variance", known.variance, [x.shape[1]!], x);
  return affine(x, scaleAndShift(known, options, eps), channelShape(x));
}

/** The factor and the summand per channel that normalising by `known` statistics comes to. */
export function scaleAndShift(
  known: Statistics,
  { weight, bias }: AffineOptions,
  eps: number,
): { weight: Tensor; bias: Tensor } {
  const inverse = div(1, sqrt(add(known.variance, eps)));
  const scale = weight ? mul(inverse, weight) : inverse;
  const drop = mul(known.mean, scale);
  return { weight: scale, bias: bias ? sub(bias, drop) : mul(drop, -1) };
}
