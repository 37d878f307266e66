import { checkInteger, checkOptions } from "../../core/options.ts";
import { checkFinite } from "../../nn/options.ts";
import { LRScheduler, type ScheduledOptimizer, type SchedulerOptions } from "./scheduler.ts";

/**
 * Multiplies the learning rate by `gamma` (default 0.1) every `stepSize` epochs.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, stepSize: number, options: SchedulerOptions & { gamma?: number } = {}) {
    checkOptions("StepLR", options, ["gamma", "lastEpoch"]);
    const { gamma = 0.1, lastEpoch = -1 } = options;
    const every = checkInteger("StepLR", "stepSize", stepSize, 1);
    checkFinite("StepLR", "gamma", gamma);
    super("StepLR", optimizer, lastEpoch, ({ epoch, lr }) => (epoch > 0 && epoch % every === 0 ? lr * gamma : lr));
  }
}
