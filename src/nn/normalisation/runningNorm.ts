import { checkBoolean, checkInteger, checkOptions } from "../../core/options.ts";
import { getBackend } from "../../graph/backend.ts";
import { evaluateAlong, evaluateSync } from "../../graph/evaluate.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ones, zeros } from "../../ops/create.ts";
import type { Operand } from "../../ops/elementwise/operand.ts";
import { moveStatistics, type Statistics } from "../../ops/normalisation/running.ts";
import { checkEps } from "../../ops/normalisation/standardise.ts";
import { join, Module } from "../module.ts";
import { checkFinite, type DTypeOption, layerDType } from "../options.ts";
import { pythonBool, pythonNumber } from "../repr.ts";

export interface RunningNormOptions extends DTypeOption {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** How far running statistics move towards a batch's. Default 0.1. */
  momentum?: number | null;
  /** Whether there is a learned factor and summand per channel. */
  affine?: boolean;
  /** Whether to keep running statistics in training, for use in evaluation. */
  trackRunningStats?: boolean;
}

/**
 * What batch and instance norm share (PyTorch's `_NormBase`): factor and summand per channel, which start at 1 and 0, and the
 * buffers `running_mean`, `running_var` (unbiased; they start at 0 and 1) and `num_batches_tracked`.
 */
export abstract class RunningNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(
    layer: string,
    numFeatures: number,
    options: RunningNormOptions,
    defaults: { affine: boolean; trackRunningStats: boolean },
  ) {
    super();
    checkOptions(layer, options, ["eps", "momentum", "affine", "trackRunningStats", "dtype"]);
    const dtype = layerDType(layer, options);
    const { momentum = 0.1, affine = defaults.affine, trackRunningStats = defaults.trackRunningStats } = options;
    this.numFeatures = checkInteger(layer, "numFeatures", numFeatures, 1);
    this.eps = checkEps(layer, options.eps);
    this.momentum = momentum === null ? null : checkFinite(layer, "momentum", momentum);
    this.affine = checkBoolean(layer, "affine", affine);
    this.trackRunningStats = checkBoolean(layer, "trackRunningStats", trackRunningStats);
    const shape = [this.numFeatures];
    this.weight = affine ? new Parameter(ones(shape, { dtype })) : null;
    this.bias = affine ? new Parameter(zeros(shape, { dtype })) : null;
    this.knowParameters();
    if (!trackRunningStats) return;
    this.registerBuffer("running_mean", zeros(shape, { dtype }));
    this.registerBuffer("running_var", ones(shape, { dtype }));
    this.registerBuffer("num_batches_tracked", zeros([], { dtype: "int64" }));
  }

  /** `running_mean`, where `trackRunningStats` is on. */
  get runningMean(): Tensor | null {
    return this.trackRunningStats ? this.getBuffer("running_mean") : null;
  }

  /** `running_var`, where `trackRunningStats` is on. */
  get runningVar(): Tensor | null {
    return this.trackRunningStats ? this.getBuffer("running_var") : null;
  }

  /** `num_batches_tracked`, where `trackRunningStats` is on. */
  get numBatchesTracked(): Tensor | null {
    return this.trackRunningStats ? this.getBuffer("num_batches_tracked") : null;
  }

  /** The running statistics, which only a layer with `trackRunningStats` has. */
  protected get running(): Statistics {
    return { mean: this.getBuffer("running_mean"), variance: this.getBuffer("running_var") };
  }

  /** Moves the running statistics towards those of a batch; they are computed with whatever is computed next. */
  protected learn(seen: Statistics, count: number, momentum: Operand): void {
    const { mean, variance } = moveStatistics(this.running, seen, count, momentum);
    this.keep("running_mean", mean);
    this.keep("running_var", variance);
  }

  /**
   * Replaces a buffer by an expression of its old value, to be computed with whatever is computed next. If nothing has been since
   * the last forward, the old value is now: an expression that grew with every unread forward would hold all their inputs. What
   * gradients of that forward will need is kept when it is computed, so no training computes anything twice; an output made under
   * `noGrad` and read after the next forward is. A backend that computes asynchronously cannot do this: there, something must be
   * read now and then.
   */
  protected keep(name: string, value: Tensor): void {
    const before = this.getBuffer(name).node();
    if (before.value === null && getBackend().synchronous) evaluateSync([before]);
    this.setBuffer(name, value);
    evaluateAlong([value]);
  }

  /** Files from before the counter existed do without it, as in PyTorch; so do all that do not say how old they are. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    const key = join(prefix, "num_batches_tracked");
    if (this.trackRunningStats && !state.has(key)) state.set(key, this.getBuffer("num_batches_tracked"));
  }

  protected override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this;
    return [
      `${numFeatures}, eps=${pythonNumber(eps)}, momentum=${momentum === null ? "None" : pythonNumber(momentum)}`,
      `affine=${pythonBool(affine)}, track_running_stats=${pythonBool(trackRunningStats)}`,
    ].join(", ");
  }
}
