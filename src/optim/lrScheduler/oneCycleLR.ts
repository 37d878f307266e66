import { GraphError, OptionError } from "../../core/errors.ts";
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions } from "../../core/options.ts";
import { checkFinite } from "../../nn/options.ts";
import {
  checkOptimizer,
  LRScheduler,
  perGroup,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
} from "./scheduler.ts";

export interface OneCycleLROptions extends SchedulerOptions {
  /** Steps of the whole cycle; or give `epochs` and `stepsPerEpoch`. */
  totalSteps?: number;
  epochs?: number;
  stepsPerEpoch?: number;
  /** The part of the cycle in which the learning rate rises, in 0..1. Default 0.3. */
  pctStart?: number;
  /** Default `"cos"`. */
  annealStrategy?: "cos" | "linear";
  /** Whether the momentum (for Adam: beta1) goes against the learning rate. Default true. */
  cycleMomentum?: boolean;
  /** Default 0.85. */
  baseMomentum?: number | readonly number[];
  /** Default 0.95. */
  maxMomentum?: number | readonly number[];
  /** The cycle starts at `maxLr / divFactor`. Default 25. */
  divFactor?: number;
  /** It ends at that divided by `finalDivFactor`. Default 1e4. */
  finalDivFactor?: number;
  /** Goes down to the start in a phase as long as the first, then to the end. Default false. */
  threePhase?: boolean;
}

const OPTIONS = [
  ...["totalSteps", "epochs", "stepsPerEpoch", "pctStart", "annealStrategy", "cycleMomentum", "baseMomentum"],
  ...["maxMomentum", "divFactor", "finalDivFactor", "threePhase", "lastEpoch"],
];

type Anneal = (start: number, end: number, part: number) => number;
const anneals = {
  cos: (start, end, part) => end + ((start - end) / 2) * (Math.cos(Math.PI * part) + 1),
  linear: (start, end, part) => (end - start) * part + start,
} satisfies Record<string, Anneal>;

/** A stretch of the cycle: the step it ends at, and the names of the levels it goes between. */
interface Phase {
  readonly end: number;
  readonly lr: readonly [Level, Level];
  readonly momentum: readonly [Swing, Swing];
}
type Level = "initial" | "max" | "min";
type Swing = "base" | "max";

/**
 * The 1cycle policy (Smith & Topin 2018): up to `maxLr`, then down far below the start, while the momentum goes the other way.
 * Call `step()` after every batch.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 */
export class OneCycleLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, maxLr: number | readonly number[], options: OneCycleLROptions = {}) {
    checkOptions("OneCycleLR", options, OPTIONS);
    checkOptimizer("OneCycleLR", optimizer);
    const { divFactor = 25, finalDivFactor = 1e4, annealStrategy = "cos", lastEpoch = -1 } = options;
    const total = totalSteps(options);
    const phases = phasesOf(total, options);
    const anneal: Anneal = anneals[checkChoice("OneCycleLR", "annealStrategy", annealStrategy, ["cos", "linear"])];
    checkFinite("OneCycleLR", "divFactor", divFactor);
    checkFinite("OneCycleLR", "finalDivFactor", finalDivFactor);

    const levels = numbersPerGroup("maxLr", maxLr, optimizer).map((max) => {
      const initial = max / divFactor;
      return { initial, max, min: initial / finalDivFactor };
    });
    const swings = momenta(optimizer, options);
    if (lastEpoch === -1)
      optimizer.paramGroups.forEach((group, i) => {
        group.initialLr = levels[i]!.initial;
      });

    super("OneCycleLR", optimizer, lastEpoch, ({ epoch, index, group }) => {
      if (epoch > total)
        throw new GraphError(`OneCycleLR: step ${epoch} is past the end of the cycle (totalSteps ${total})`);
      const found = phases.findIndex(({ end }) => epoch <= end);
      const at = found < 0 ? phases.length - 1 : found;
      const { end, lr, momentum } = phases[at]!;
      const start = phases[at - 1]?.end ?? 0;
      const part = (epoch - start) / (end - start);
      const swing = swings?.[index];
      if (swing) setMomentum(group, anneal(swing[momentum[0]], swing[momentum[1]], part));
      return anneal(levels[index]![lr[0]], levels[index]![lr[1]], part);
    });
  }
}

function totalSteps({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) return checkInteger("OneCycleLR", "totalSteps", totalSteps, 1);
  if (epochs === undefined || stepsPerEpoch === undefined)
    throw new OptionError("OneCycleLR: give totalSteps, or epochs and stepsPerEpoch");
  return (
    checkInteger("OneCycleLR", "epochs", epochs, 1) * checkInteger("OneCycleLR", "stepsPerEpoch", stepsPerEpoch, 1)
  );
}

function phasesOf(total: number, { pctStart = 0.3, threePhase = false }: OneCycleLROptions): Phase[] {
  checkBoolean("OneCycleLR", "threePhase", threePhase);
  const rising = checkNumber("OneCycleLR", "pctStart", pctStart) * total;
  if (!(pctStart >= 0 && pctStart <= 1)) throw new OptionError(`OneCycleLR: pctStart must be in 0..1, got ${pctStart}`);
  const up: Phase = { end: rising - 1, lr: ["initial", "max"], momentum: ["max", "base"] };
  const end = total - 1;
  if (!threePhase) return [up, { end, lr: ["max", "min"], momentum: ["base", "max"] }];
  return [
    up,
    { end: 2 * rising - 2, lr: ["max", "initial"], momentum: ["base", "max"] },
    { end, lr: ["initial", "min"], momentum: ["max", "max"] },
  ];
}

/** The least and the largest momentum per group, or `null` where it stays as it is. */
function momenta(
  optimizer: ScheduledOptimizer,
  { cycleMomentum = true, baseMomentum = 0.85, maxMomentum = 0.95 }: OneCycleLROptions,
): Record<Swing, number>[] | null {
  if (!checkBoolean("OneCycleLR", "cycleMomentum", cycleMomentum)) return null;
  for (const group of optimizer.paramGroups)
    if (group.momentum === undefined && group.betas === undefined)
      throw new OptionError("OneCycleLR: this optimizer has no momentum to cycle; say cycleMomentum: false");
  const largest = numbersPerGroup("maxMomentum", maxMomentum, optimizer);
  return numbersPerGroup("baseMomentum", baseMomentum, optimizer).map((base, i) => ({ base, max: largest[i]! }));
}

function setMomentum(group: ScheduledGroup, momentum: number): void {
  if (group.betas) group.betas = [momentum, group.betas[1]];
  else group.momentum = momentum;
}

const numbersPerGroup = (name: string, value: unknown, optimizer: ScheduledOptimizer): number[] =>
  perGroup("OneCycleLR", name, value, optimizer).map((number) => checkFinite("OneCycleLR", name, number));
