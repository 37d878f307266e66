import { OptionError, ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkOptions } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { mean } from "../reduce/mean.ts";
import { reshape } from "../shape/reshape.ts";
import { checkSignal } from "../signal.ts";
import { normaliseBy } from "./batchNorm.ts";
import type { Statistics } from "./running.ts";
import { type AffineOptions, affine, checkAffine, checkEps, standardise } from "./standardise.ts";

export interface InstanceNormOptions extends AffineOptions {
  runningMean?: Tensor | null;
  runningVar?: Tensor | null;
  /** Whether to normalise by the signal's own statistics instead of the running ones. Default true. */
  useInputStats?: boolean;
}

/**
 * Normalises each channel of each signal over time: `y = (x − mean) / √(variance + eps) · weight + bias`.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`, everything else `(C)`. Running statistics do not change here, unlike in PyTorch (hence no
 * `momentum`); `nn.InstanceNorm1d` moves them.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 * @throws ShapeError, also for a signal of one sample; OptionError; DTypeError
 */
export function instanceNorm(x: Tensor, options: InstanceNormOptions = {}): Tensor {
  checkOptions("instanceNorm", options, ["runningMean", "runningVar", "useInputStats", "weight", "bias", "eps"]);
  const { runningMean, runningVar, useInputStats = true } = options;
  const eps = checkEps("instanceNorm", options.eps);
  checkSignal("instanceNorm", x);
  if (checkBoolean("instanceNorm", "useInputStats", useInputStats))
    return normaliseInstances("instanceNorm", x, options, eps).y;
  if (!runningMean || !runningVar)
    throw new OptionError("instanceNorm: with { useInputStats: false } runningMean and runningVar are needed");
  const batched = x.rank === 3 ? x : reshape(x, [1, ...x.shape]);
  const y = normaliseBy("instanceNorm", batched, { mean: runningMean, variance: runningVar }, options, eps);
  return reshape(y, x.shape);
}

/** Normalises by the statistics of x, and tells their means over the batch: the variance biased, each of `count` numbers. */
export function normaliseInstances(
  op: string,
  x: Tensor,
  options: AffineOptions,
  eps: number,
): { y: Tensor; seen: Statistics; count: number } {
  const [channels, count] = x.shape.slice(-2) as [number, number];
  checkAffine(op, options, [channels], x);
  if (channels === 0) throw new ShapeError(`${op}: expected at least one channel, got shape ${showShape(x.shape)}`);
  if (count === 1)
    throw new ShapeError(
      `${op}: Expected more than 1 spatial element when training, got input size ${showShape(x.shape)}`,
    );
  const { y, ...own } = standardise(x, [x.rank - 1], eps);
  const overBatch = (statistic: Tensor): Tensor => mean(reshape(statistic, [statistic.size / channels, channels]), 0);
  return {
    y: composed("instanceNorm", [x], { eps }, affine(y, options, [channels, 1])),
    seen: { mean: overBatch(own.mean), variance: overBatch(own.variance) },
    count,
  };
}
