import { linearPlace, nearestBefore } from "../../ops/resample/interpolate.ts";
import type { MoveRule } from "./rule.ts";

export interface ResampleParameters {
  readonly factor: number;
  /** `factor` as a ratio of whole numbers. */
  readonly up: number;
  readonly down: number;
}

/** Every sample `factor` times, a whole number. */
export const repeatRule: MoveRule<ResampleParameters> = {
  ready: ({ factor }, n) => n * factor,
  length: ({ factor }, n) => n * factor,
  pace: ({ factor }, tail) => ({ up: factor, down: 1, low: 0, high: 0, tail: tail * factor }),
  reach: ({ factor }, from, to) => [Math.floor(from / factor), Math.floor((to - 1) / factor) + 1],
  needed: ({ factor }, result) => Math.floor(result / factor),
  move: ({ factor }, source, target, from, to) => {
    const { numbers } = source;
    for (let t = from; t < to; t++) numbers[target.start + t] = numbers[source.start + Math.floor(t / factor)]!;
  },
};

/** Places are float32, as at once; so far, in samples, they may be off after a billion of them. */
const DRIFT = 64;

/** The nearest sample at or before the place of each result, for factors that are not whole. */
export const nearestRule: MoveRule<ResampleParameters> = {
  ready: ({ factor }, n) => {
    let count = Math.floor(n * factor);
    while (count > 0 && nearestBefore(count - 1, 1 / factor) >= n) count--;
    return count;
  },
  length: ({ factor }, n) => Math.floor(n * factor),
  pace: ({ factor, up, down }, tail) => ({
    ...{ up, down, low: (DRIFT + 1) * factor + 2, high: 0 },
    tail: Math.floor(tail * factor),
  }),
  reach: ({ factor }, from, to) => [nearestBefore(from, 1 / factor), nearestBefore(to - 1, 1 / factor) + 1],
  needed: ({ factor }, result) => nearestBefore(result, 1 / factor) - DRIFT,
  move: ({ factor }, source, target, from, to) => {
    const { numbers } = source;
    for (let t = from; t < to; t++)
      numbers[target.start + t] = numbers[source.start + Math.min(nearestBefore(t, 1 / factor), source.end - 1)]!;
  },
};

/** The last sample that result `t` needs. */
const needs = (factor: number, t: number): number => Math.ceil(linearPlace(t, 1 / factor));

/** Results on the line between their neighbours; F(n) = ⌊factor·(n − ½) + ½⌋, give or take the rounding of places. */
export const linearRule: MoveRule<ResampleParameters> = {
  ready: ({ factor }, n) => {
    let count = n < 1 ? 0 : Math.min(Math.floor(factor * (n - 0.5) + 0.5), Math.floor(n * factor));
    while (count > 0 && needs(factor, count - 1) >= n) count--;
    return Math.max(count, 0);
  },
  length: ({ factor }, n) => Math.floor(n * factor),
  pace: ({ factor, up, down }, tail) => ({ up, down, low: factor / 2 + 2, high: 1, tail: Math.floor(tail * factor) }),
  reach: ({ factor }, from, to) => [Math.floor(linearPlace(from, 1 / factor)), needs(factor, to - 1) + 1],
  needed: ({ factor }, result) => Math.floor(linearPlace(result, 1 / factor)),
  move: ({ factor }, source, target, from, to) => {
    const { numbers } = source;
    const last = source.end - 1;
    for (let t = from; t < to; t++) {
      const place = linearPlace(t, 1 / factor);
      const i = Math.min(Math.floor(place), last);
      const share = Math.min(place - i, 1);
      const near = Math.fround(1 - share);
      const far = Math.fround(share);
      const a = numbers[source.start + i]!;
      const b = share > 0 ? numbers[source.start + Math.min(i + 1, last)]! : a;
      numbers[target.start + t] = Math.fround(near * a) + Math.fround(far * b);
    }
  },
};
