import { OptionTypeError } from "../../core/errors.ts";
import { checkInteger, checkOptions, show } from "../../core/options.ts";
import { checkFinite } from "../../nn/options.ts";
import { LRScheduler, type ScheduledOptimizer, type SchedulerOptions } from "./scheduler.ts";

/**
 * Multiplies the learning rate by `gamma` (default 0.1) at each of the epochs `milestones`; one that is named twice counts twice.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export class MultiStepLR extends LRScheduler {
  constructor(
    optimizer: ScheduledOptimizer,
    milestones: readonly number[],
    options: SchedulerOptions & { gamma?: number } = {},
  ) {
    checkOptions("MultiStepLR", options, ["gamma", "lastEpoch"]);
    const { gamma = 0.1, lastEpoch = -1 } = options;
    if (!Array.isArray(milestones))
      throw new OptionTypeError(`MultiStepLR: milestones must be an array of epochs, got ${show(milestones)}`);
    const epochs = milestones.map((milestone) => checkInteger("MultiStepLR", "a milestone", milestone, 0));
    checkFinite("MultiStepLR", "gamma", gamma);
    super(
      "MultiStepLR",
      optimizer,
      lastEpoch,
      ({ epoch, lr }) => lr * gamma ** epochs.filter((milestone) => milestone === epoch).length,
    );
  }
}
