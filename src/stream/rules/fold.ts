import { ShapeError } from "../../core/errors.ts";
import { type PaddingMode, type PaddingModeName, paddingMode } from "../../core/padding/index.ts";
import type { MoveRule } from "./rule.ts";

export interface FoldParameters {
  readonly mode: PaddingModeName;
  readonly before: number;
  readonly after: number;
}

type P = FoldParameters;

const modeOf = ({ mode }: P): PaddingMode => paddingMode("convTranspose1d", mode);

/** Results that get something from what is behind the end: as many as reflect copies, and the edge, or the edge alone. */
const touched = ({ mode, after }: P): number => (after === 0 ? 0 : mode === "reflect" ? after + 1 : 1);

/** The first sample that is added to result `t`. */
const first = (p: P, t: number): number => (t <= p.before ? 0 : t + p.before);

const held = (p: P): number => p.before + p.after + touched(p);

/**
 * The adjoint of padding, in transposed convolutions with a padding mode: what was copied from a sample is added to it again, in
 * ascending order of where it lies.
 */
export const foldRule: MoveRule<P> = {
  ready: (p, n) => Math.max(0, n - held(p)),
  length: (p, n) => {
    const length = n - p.before - p.after;
    const broken = modeOf(p).limit(p.before, p.after, length);
    if (broken !== undefined) throw new ShapeError(`convTranspose1d: ${broken}, here that of the output`);
    return length;
  },
  pace: (p) => ({ shift: -held(p), more: -p.before - p.after }),
  // Beyond what is added, so that a part of a signal has its own folded edges elsewhere.
  reach: (p, from, to) => [from - p.before - 1, to + p.before + 2 * p.after + 1],
  needed: first,
  move: (p, source, target, from, to) => {
    const { numbers } = source;
    const length = source.end - p.before - p.after;
    const reflects = p.mode === "reflect";
    for (let t = from; t < to; t++) {
      const own = p.before + t;
      let sum = 0;
      if (reflects) {
        const mirrored = own + 2 * (length - 1 - t);
        if (t >= 1 && t <= p.before) sum = Math.fround(sum + numbers[source.start + p.before - t]!);
        sum = Math.fround(sum + numbers[source.start + own]!);
        if (t < length - 1 && mirrored < source.end) sum = Math.fround(sum + numbers[source.start + mirrored]!);
      } else {
        const last = t === length - 1 ? source.end - 1 : own;
        for (let q = t === 0 ? 0 : own; q <= last; q++) sum = Math.fround(sum + numbers[source.start + q]!);
      }
      numbers[target.start + t] = sum;
    }
  },
};
