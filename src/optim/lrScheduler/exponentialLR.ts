import { checkOptions } from "../../core/options.ts";
import { checkFinite } from "../../nn/options.ts";
import { LRScheduler, type ScheduledOptimizer, type SchedulerOptions } from "./scheduler.ts";

/**
 * Multiplies the learning rate by `gamma` every epoch.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 */
export class ExponentialLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, gamma: number, options: SchedulerOptions = {}) {
    checkOptions("ExponentialLR", options, ["lastEpoch"]);
    const { lastEpoch = -1 } = options;
    checkFinite("ExponentialLR", "gamma", gamma);
    super("ExponentialLR", optimizer, lastEpoch, ({ epoch, lr }) => (epoch > 0 ? lr * gamma : lr));
  }
}
