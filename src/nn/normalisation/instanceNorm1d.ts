import { ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { normaliseBy } from "../../ops/normalisation/batchNorm.ts";
import { normaliseInstances } from "../../ops/normalisation/instanceNorm.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { checkSignal } from "../../ops/signal.ts";
import { RunningNorm, type RunningNormOptions } from "./runningNorm.ts";

/**
 * Normalises each channel of each signal over time: `(N, C, L)` or `(C, L)`, `y = (x − mean) / √(variance + eps)`, scaled and
 * shifted per channel with `affine` (default false).
 *
 * With `trackRunningStats` (default false) running statistics move in training, towards the means over the batch, and are used in
 * evaluation. As in PyTorch `num_batches_tracked` stays 0, and `momentum: null` keeps the running statistics where they are.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 */
export class InstanceNorm1d extends RunningNorm {
  constructor(numFeatures: number, options: RunningNormOptions = {}) {
    super("InstanceNorm1d", numFeatures, options, { affine: false, trackRunningStats: false });
  }

  /** @throws ShapeError for signals of one sample, unless running statistics are used */
  override forward(x: Tensor): Tensor {
    checkSignal("InstanceNorm1d", x);
    if (x.shape.at(-2) !== this.numFeatures)
      throw new ShapeError(
        `InstanceNorm1d: expected ${this.numFeatures} channels, got ${x.shape.at(-2)} (input ${showShape(x.shape)})`,
      );
    if (!this.training && this.trackRunningStats) {
      const batched = x.rank === 3 ? x : reshape(x, [1, ...x.shape]);
      return reshape(normaliseBy("InstanceNorm1d", batched, this.running, this, this.eps), x.shape);
    }
    const { y, seen, count } = normaliseInstances("InstanceNorm1d", x, this, this.eps);
    if (this.training && this.trackRunningStats && x.size > 0) this.learn(seen, count, this.momentum ?? 0);
    return y;
  }
}
