import type { MoveRule } from "./rule.ts";

export interface SliceParameters {
  readonly start: number;
  readonly step: number;
  /** Samples cut off the end. */
  readonly cut: number;
  /** Of these, how many must wait for others to come first, because nothing is sure to follow. */
  readonly hold: number;
}

type P = SliceParameters;

const upTo = ({ start, step }: P, n: number): number => Math.max(0, Math.ceil((n - start) / step));

/** A crop, and every `step`-th sample of it. */
export const sliceRule: MoveRule<P> = {
  ready: (p, n) => upTo(p, n - p.hold),
  length: (p, n) => upTo(p, n - p.cut),
  pace: (p, tail) => {
    const { start, step, hold, cut } = p;
    if (step === 1) return { shift: -start - hold, more: -cut };
    const rest = Math.max(0, tail - cut);
    return { up: 1, down: step, low: (start + hold) / step, high: 1, tail: Math.floor(rest / step) };
  },
  reach: ({ start, step }, from, to) => [start + from * step, start + (to - 1) * step + 1],
  needed: ({ start, step }, result) => start + result * step,
  move: ({ start, step }, source, target, from, to) => {
    const { numbers } = source;
    const first = source.start + start;
    if (step === 1) numbers.copyWithin(target.start + from, first + from, first + to);
    else for (let t = from; t < to; t++) numbers[target.start + t] = numbers[first + t * step]!;
  },
};
