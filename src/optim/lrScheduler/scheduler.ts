import { OptionError, OptionTypeError, StateDictError } from "../../core/errors.ts";
import { checkCount, show } from "../../core/options.ts";
import { Optimizer } from "../optimizer.ts";

/** A parameter group as a schedule sees it. */
export interface ScheduledGroup {
  lr: number;
  initialLr?: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** An optimizer of any kind. */
export interface ScheduledOptimizer {
  readonly paramGroups: readonly ScheduledGroup[];
}

/** What the learning rate of a group may depend on. */
export interface Moment {
  /** Number of the epoch (or whatever `step()` counts) that begins. */
  readonly epoch: number;
  /** The group's learning rate until now; another schedule, or the user, may have changed it. */
  readonly lr: number;
  /** The learning rate the schedule started from. */
  readonly baseLr: number;
  /** Number of the group. */
  readonly index: number;
  readonly group: ScheduledGroup;
  /** Whether this is the first value of a schedule begun in the middle, by `lastEpoch`. */
  readonly resumed: boolean;
}

/** A schedule: the next learning rate of a group. Most go on from the present one, so that schedules can be chained. */
export type Schedule = (moment: Moment) => number;

export interface SchedulerOptions {
  /** The epoch to go on after; the groups then need `initialLr`, as a loaded state dict has it. Default −1: begin. */
  lastEpoch?: number;
}

/** `stateDict()` of a scheduler, under PyTorch's names. */
export interface SchedulerStateDict {
  last_epoch: number;
  base_lrs: number[];
  _last_lr: number[];
}

/**
 * Changes the learning rates of an optimizer. The first value is set on construction; call `step()` after each epoch (or each
 * batch), after `optimizer.step()`.
 *
 * Source: https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
 */
export abstract class LRScheduler {
  readonly optimizer: ScheduledOptimizer;
  /** The learning rates that the schedule started from, per group. */
  baseLrs: number[];
  /** How often `step()` was called. */
  lastEpoch: number;
  readonly #name: string;
  readonly #schedule: Schedule;
  #lastLr: number[] = [];

  constructor(name: string, optimizer: ScheduledOptimizer, lastEpoch: number, schedule: Schedule) {
    checkOptimizer(name, optimizer);
    checkCount(name, "lastEpoch", lastEpoch, -1);
    this.optimizer = optimizer;
    this.baseLrs = optimizer.paramGroups.map((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
      else if (group.initialLr === undefined)
        throw new OptionError(
          `${name}: group ${i} has no initialLr, which lastEpoch ${lastEpoch} needs; load the optimizer's state dict first`,
        );
      return group.initialLr;
    });
    this.#name = name;
    this.#schedule = schedule;
    this.lastEpoch = lastEpoch;
    this.#advance(lastEpoch !== -1);
  }

  /** Sets the learning rates of the next epoch. */
  step(): void {
    this.#advance(false);
  }

  #advance(resumed: boolean): void {
    const epoch = this.lastEpoch + 1;
    const groups = this.optimizer.paramGroups;
    const lrs = groups.map((group, index) =>
      this.#schedule({ epoch, lr: group.lr, baseLr: this.baseLrs[index]!, index, group, resumed }),
    );
    this.lastEpoch = epoch;
    groups.forEach((group, i) => {
      group.lr = lrs[i]!;
    });
    this.#lastLr = lrs;
  }

  /** The learning rates set last, per group. */
  getLastLr(): number[] {
    return [...this.#lastLr];
  }

  /** Where the schedule is; its options are not part of it. */
  stateDict(): SchedulerStateDict {
    return { last_epoch: this.lastEpoch, base_lrs: [...this.baseLrs], _last_lr: this.getLastLr() };
  }

  /** Takes over `stateDict()` of the same schedule. The learning rate itself is part of the optimizer's state dict. */
  loadStateDict(state: SchedulerStateDict): void {
    const { last_epoch, base_lrs, _last_lr } = state ?? {};
    const groups = this.optimizer.paramGroups.length;
    if (!Number.isInteger(last_epoch) || base_lrs?.length !== groups || _last_lr?.length !== groups)
      throw new StateDictError(
        `${this.#name}.loadStateDict: expected last_epoch, and base_lrs and _last_lr with ${groups} numbers each, got ${show(state)}`,
      );
    this.lastEpoch = last_epoch;
    this.baseLrs = [...base_lrs];
    this.#lastLr = [..._last_lr];
  }
}

export function checkOptimizer(name: string, optimizer: unknown): asserts optimizer is ScheduledOptimizer {
  if (!(optimizer instanceof Optimizer))
    throw new OptionTypeError(`${name}: the first argument must be an optimizer, got ${show(optimizer)}`);
}

/** One value per group, given as a single value or as an array. */
export function perGroup<T>(op: string, name: string, value: T | readonly T[], optimizer: ScheduledOptimizer): T[] {
  const count = optimizer.paramGroups.length;
  if (!Array.isArray(value)) return Array.from({ length: count }, () => value as T);
  if (value.length === count) return [...value];
  throw new OptionError(`${op}: expected ${count} values of ${name}, one per parameter group, got ${value.length}`);
}
