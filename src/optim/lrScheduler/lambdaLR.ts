import { OptionTypeError } from "../../core/errors.ts";
import { checkOptions, show } from "../../core/options.ts";
import { checkOptimizer, LRScheduler, perGroup, type ScheduledOptimizer, type SchedulerOptions } from "./scheduler.ts";

type Factor = (epoch: number) => number;

/**
 * The initial learning rate times a function of the epoch, or one function per parameter group.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 */
export class LambdaLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, lrLambda: Factor | readonly Factor[], options: SchedulerOptions = {}) {
    checkOptions("LambdaLR", options, ["lastEpoch"]);
    const { lastEpoch = -1 } = options;
    checkOptimizer("LambdaLR", optimizer);
    const factors = perGroup("LambdaLR", "lrLambda", lrLambda, optimizer);
    for (const factor of factors)
      if (typeof factor !== "function")
        throw new OptionTypeError(`LambdaLR: lrLambda must be a function of the epoch, got ${show(factor)}`);
    super("LambdaLR", optimizer, lastEpoch, ({ epoch, baseLr, index }) => baseLr * factors[index]!(epoch));
  }
}
