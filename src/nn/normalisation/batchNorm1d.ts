import { ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { noGrad } from "../../graph/mode.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div } from "../../ops/elementwise/binary.ts";
import type { Operand } from "../../ops/elementwise/operand.ts";
import { checkBatch, normaliseBatch, normaliseBy } from "../../ops/normalisation/batchNorm.ts";
import { cast } from "../../ops/shape/cast.ts";
import { RunningNorm, type RunningNormOptions } from "./runningNorm.ts";

/**
 * Normalises each channel of `(N, C)` or `(N, C, L)` over batch and time, then scales and shifts it:
 * `y = (x − mean) / √(variance + eps) · weight + bias`.
 *
 * In training mean and variance are the batch's, and the running ones move:
 * `running = (1 − momentum) · running + momentum · batch`, with the unbiased variance; `momentum: null` makes them the plain mean
 * over all batches. In evaluation the running ones are used, unless `trackRunningStats` is false. The moved statistics are
 * computed together with whatever is computed next, so they cost no pass of their own.
 *
 * State: `weight`, `bias`, `running_mean`, `running_var`, `num_batches_tracked` (an int64 without axes).
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 */
export class BatchNorm1d extends RunningNorm {
  constructor(numFeatures: number, options: RunningNormOptions = {}) {
    super("BatchNorm1d", numFeatures, options, { affine: true, trackRunningStats: true });
  }

  /** @throws ShapeError for one value per channel in training, whose variance says nothing */
  override forward(x: Tensor): Tensor {
    checkBatch("BatchNorm1d", x);
    if (x.shape[1] !== this.numFeatures)
      throw new ShapeError(
        `BatchNorm1d: expected ${this.numFeatures} channels, got ${x.shape[1]} (input ${showShape(x.shape)})`,
      );
    if (!this.training && this.trackRunningStats) return normaliseBy("BatchNorm1d", x, this.running, this, this.eps);
    const { y, seen, count } = normaliseBatch("BatchNorm1d", x, this, this.eps);
    if (this.training && this.trackRunningStats) {
      const momentum = this.#countBatch(x);
      if (count > 0) this.learn(seen, count, momentum); // a batch without numbers counts, but has no mean
    }
    return y;
  }

  /** Counts the batch, and says how far the running statistics move for it. */
  #countBatch(x: Tensor): Operand {
    const batches = noGrad(() => add(this.getBuffer("num_batches_tracked"), 1));
    this.keep("num_batches_tracked", batches);
    return this.momentum ?? noGrad(() => div(1, cast(batches, x.dtype)));
  }
}
