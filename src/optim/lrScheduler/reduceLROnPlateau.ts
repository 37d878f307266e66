import { OptionError } from "../../core/errors.ts";
import { checkChoice, checkInteger, checkNumber, checkOptions } from "../../core/options.ts";
import { Tensor } from "../../graph/tensor.ts";
import { checkFinite } from "../../nn/options.ts";
import { checkOptimizer, perGroup, type ScheduledOptimizer } from "./scheduler.ts";

export interface ReduceLROnPlateauOptions {
  /** Whether a smaller or a larger metric is better. Default `"min"`. */
  mode?: "min" | "max";
  /** What the learning rate is multiplied by, less than 1. Default 0.1. */
  factor?: number;
  /** Epochs without improvement that are tolerated. Default 10. */
  patience?: number;
  /** How much better counts as better. Default 1e-4. */
  threshold?: number;
  /** Whether `threshold` is a part of the best metric, or an amount. Default `"rel"`. */
  thresholdMode?: "rel" | "abs";
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  cooldown?: number;
  /** The least learning rate. Default 0. */
  minLr?: number | readonly number[];
  /** Reductions by less than this are not made. Default 1e-8. */
  eps?: number;
}

const OPTIONS = ["mode", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minLr", "eps"];

/**
 * Reduces the learning rate when a metric, such as the validation loss, has stopped improving: call `step(metric)` every epoch.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export class ReduceLROnPlateau {
  readonly optimizer: ScheduledOptimizer;
  readonly #options: Required<ReduceLROnPlateauOptions>;
  readonly #minLrs: number[];
  #best: number;
  #badEpochs = 0;
  #cooling = 0;

  constructor(optimizer: ScheduledOptimizer, options: ReduceLROnPlateauOptions = {}) {
    const op = "ReduceLROnPlateau";
    checkOptions(op, options, OPTIONS);
    checkOptimizer(op, optimizer);
    const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4 } = options;
    const { thresholdMode = "rel", cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    checkChoice(op, "mode", mode, ["min", "max"]);
    checkChoice(op, "thresholdMode", thresholdMode, ["rel", "abs"]);
    if (!(checkFinite(op, "factor", factor) < 1))
      throw new OptionError(`${op}: factor must be less than 1, got ${factor}`);
    this.#options = {
      ...{ mode, factor, thresholdMode, minLr },
      patience: checkInteger(op, "patience", patience, 0),
      cooldown: checkInteger(op, "cooldown", cooldown, 0),
      threshold: checkFinite(op, "threshold", threshold),
      eps: checkFinite(op, "eps", eps),
    };
    this.optimizer = optimizer;
    this.#minLrs = perGroup<number>(op, "minLr", minLr, optimizer).map((least) => checkFinite(op, "minLr", least));
    this.#best = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  step(metric: number | Tensor): void {
    const value = metric instanceof Tensor ? metric.item() : checkNumber("ReduceLROnPlateau", "metric", metric);
    const better = this.#isBetter(value);
    if (better) this.#best = value;
    this.#badEpochs = better ? 0 : this.#badEpochs + 1;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#badEpochs = 0;
    }
    if (this.#badEpochs <= this.#options.patience) return;
    this.#reduce();
    this.#cooling = this.#options.cooldown;
    this.#badEpochs = 0;
  }

  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    const bar = thresholdMode === "rel" ? this.#best * (1 + sign * threshold) : this.#best + sign * threshold;
    return mode === "min" ? value < bar : value > bar;
  }

  #reduce(): void {
    for (const [i, group] of this.optimizer.paramGroups.entries()) {
      const lr = Math.max(group.lr * this.#options.factor, this.#minLrs[i]!);
      if (group.lr - lr > this.#options.eps) group.lr = lr;
    }
  }
}
