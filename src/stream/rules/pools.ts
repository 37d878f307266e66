import type { AvgPool } from "../../ops/pooling/avgPool1d.ts";
import { type Pool, windowCount } from "../../ops/pooling/windows.ts";
import type { MoveRule, Rule } from "./rule.ts";
import { paceOfWindows, spanOf } from "./windows.ts";

const needed = ({ stride, padding }: Pool, result: number): number => result * stride - padding;

/** Windows that reach into the padding after the signal, and with `ceilMode` beyond it, wait for the end. */
const timing: Rule<Pool> = {
  ready: (pool, n) => Math.max(0, Math.floor((n + pool.padding - spanOf(pool)) / pool.stride) + 1),
  length: (pool, n) => Math.max(0, windowCount(pool, n)),
  // The end of a signal shorter than a window may have none, so no more than the input's own rest is sure to follow.
  pace: (pool, tail) => paceOfWindows({ ...pool, padBefore: pool.padding, padAfter: 0 }, tail),
  reach: (pool, from, to) => [needed(pool, from), needed(pool, to - 1) + spanOf(pool)],
};

export const maxPoolRule: MoveRule<Pool> = {
  ...timing,
  needed,
  move: ({ kernelSize, stride, dilation, padding }, source, target, from, to) => {
    const { numbers, start, first, end } = source;
    for (let t = from; t < to; t++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < kernelSize; k++) {
        const i = t * stride - padding + k * dilation;
        if (i < first || i >= end) continue;
        const value = numbers[start + i]!;
        if (value > largest || Number.isNaN(value)) largest = value;
        if (Number.isNaN(value)) break; // a NaN counts as the largest
      }
      numbers[target.start + t] = largest;
    }
  },
};

/** Sums as the convolution with ones does, then divides. */
export const avgPoolRule: MoveRule<AvgPool> = {
  ...timing,
  needed,
  move: ({ kernelSize, stride, padding, countIncludePad }, source, target, from, to) => {
    const { numbers, start, first, end } = source;
    for (let t = from; t < to; t++) {
      const begin = t * stride - padding;
      const last = Math.min(begin + kernelSize, end);
      let sum = 0;
      for (let i = Math.max(begin, first); i < last; i++) sum = Math.fround(sum + numbers[start + i]!);
      const count = countIncludePad
        ? Math.min(begin + kernelSize, end + padding) - begin
        : last - Math.max(begin, first);
      numbers[target.start + t] = sum / count;
    }
  },
};
