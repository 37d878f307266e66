import { OptionError } from "../../core/errors.ts";
import { checkInteger, checkNumber, checkOptions } from "../../core/options.ts";
import { LRScheduler, type ScheduledOptimizer, type SchedulerOptions } from "./scheduler.ts";

export interface LinearLROptions extends SchedulerOptions {
  /** Where the factor starts, in 0 < factor ≤ 1. Default 1/3. */
  startFactor?: number;
  /** Where it ends, in 0 ≤ factor ≤ 1. Default 1. */
  endFactor?: number;
  /** Epochs from start to end. Default 5. */
  totalIters?: number;
}

/**
 * Multiplies the learning rate by a factor that goes in a straight line from `startFactor` to `endFactor`: a warm-up.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 */
export class LinearLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, options: LinearLROptions = {}) {
    checkOptions("LinearLR", options, ["startFactor", "endFactor", "totalIters", "lastEpoch"]);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5, lastEpoch = -1 } = options;
    const start = factor("startFactor", startFactor);
    const climb = factor("endFactor", endFactor) - start;
    if (start === 0) throw new OptionError("LinearLR: startFactor must be greater than 0, got 0");
    const total = checkInteger("LinearLR", "totalIters", totalIters, 1);
    super("LinearLR", optimizer, lastEpoch, ({ epoch, lr }) => {
      if (epoch === 0) return lr * start;
      return epoch > total ? lr : lr * (1 + climb / (total * start + (epoch - 1) * climb));
    });
  }
}

function factor(name: string, value: unknown): number {
  const number = checkNumber("LinearLR", name, value);
  if (number >= 0 && number <= 1) return number;
  throw new OptionError(`LinearLR: ${name} must be in 0..1, got ${number}`);
}
