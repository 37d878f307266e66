import { ShapeError } from "../../core/errors.ts";
import { type PaddingMode, type PaddingModeName, paddingMode } from "../../core/padding/index.ts";
import type { MoveRule } from "./rule.ts";

export interface PadParameters {
  readonly mode: PaddingModeName;
  readonly before: number;
  readonly after: number;
  /** What stands outside with mode zeros. */
  readonly value: number;
  /** Of the samples that are cut off the end, where `after` is negative: those that must wait for others to come first. */
  readonly hold: number;
}

type P = PadParameters;

const modeOf = ({ mode }: P): PaddingMode => paddingMode("pad", mode);

/** Samples without which the padding before the signal is not known. */
const needed = ({ mode, before }: P): number =>
  before <= 0 || mode === "zeros" ? 0 : mode === "reflect" ? before + 1 : 1;

/** What comes after the signal is made of its last samples, whenever that is. */
const kept = ({ mode, after }: P): number => (after <= 0 || mode === "zeros" ? 0 : mode === "reflect" ? after + 1 : 1);

/** Padding that copies samples, or puts a number there. What comes after the signal waits for its end. */
export const padRule: MoveRule<P> = {
  ready: (p, n) => (n < needed(p) ? 0 : Math.max(0, n + p.before - p.hold)),
  length: (p, n) => {
    const broken = modeOf(p).limit(Math.max(p.before, 0), Math.max(p.after, 0), n);
    if (broken !== undefined) throw new ShapeError(`pad: ${broken}`);
    return Math.max(0, n + p.before + p.after);
  },
  pace: (p, tail) =>
    needed(p) === 0
      ? { shift: p.before - p.hold, more: p.after }
      : { up: 1, down: 1, low: needed(p) + p.hold, high: p.before, tail: tail + p.after },
  reach: (p, from, to) => {
    // The source runs backwards in the padding before the signal, and forwards from there.
    const [first, last] = [from - p.before, to - 1 - p.before];
    const furthest = first < 0 && p.mode === "reflect" ? Math.max(last, -first) : Math.max(last, 0);
    return [first - kept(p), furthest + 1];
  },
  needed: (p, result) => result - p.before - kept(p),
  move: (p, source, target, from, to) => {
    const { numbers, end } = source;
    const mode = modeOf(p);
    const inside = Math.min(Math.max(p.before, from), to);
    const behind = Math.min(Math.max(p.before + end, inside), to);
    for (let t = from; t < to; t++) {
      if (t === inside) t = behind;
      if (t === to) break;
      const at = mode.source(t - p.before, end);
      numbers[target.start + t] = at < 0 ? p.value : numbers[source.start + at]!;
    }
    numbers.copyWithin(target.start + inside, source.start + inside - p.before, source.start + behind - p.before);
  },
};
