import { checkInteger, checkOptions } from "../../core/options.ts";
import { checkFinite } from "../../nn/options.ts";
import { LRScheduler, type ScheduledOptimizer, type SchedulerOptions } from "./scheduler.ts";

/**
 * Half a cosine from the initial learning rate down to `etaMin` (default 0) in `tMax` epochs, then up again:
 * `etaMin + (initial − etaMin) · (1 + cos(π · epoch / tMax)) / 2`, in PyTorch's recursive form.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 */
export class CosineAnnealingLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, tMax: number, options: SchedulerOptions & { etaMin?: number } = {}) {
    checkOptions("CosineAnnealingLR", options, ["etaMin", "lastEpoch"]);
    const { etaMin = 0, lastEpoch = -1 } = options;
    const half = checkInteger("CosineAnnealingLR", "tMax", tMax, 1);
    checkFinite("CosineAnnealingLR", "etaMin", etaMin);
    const wave = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / half);
    super("CosineAnnealingLR", optimizer, lastEpoch, ({ epoch, lr, baseLr, resumed }) => {
      if (epoch === 0) return lr;
      if (resumed) return etaMin + ((baseLr - etaMin) * wave(epoch)) / 2;
      // At the bottom the recursion is 0 / 0: the first step up starts anew.
      if ((epoch - 1 - half) % (2 * half) === 0) return lr + ((baseLr - etaMin) * (1 - Math.cos(Math.PI / half))) / 2;
      return (wave(epoch) / wave(epoch - 1)) * (lr - etaMin) + etaMin;
    });
  }
}
