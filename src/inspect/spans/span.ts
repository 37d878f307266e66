import { ShapeError } from "../../core/errors.ts";

/**
 * For every element of an array, the first and the last input sample that it depends on; `NONE` and −1 where it depends on none. The arrays
 * repeat: those of one row stand for all rows of a signal whose channels see the same.
 */
export interface Spans {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export const NONE = 2 ** 31 - 1;

/** 1 GiB: a network from a file may have shapes of any size. */
const MOST = 2 ** 27;

/** @throws ShapeError for more elements than are looked at */
export function noSpans(size: number): Spans {
  if (size > MOST)
    throw new ShapeError(`receptiveField: a signal inside has ${size} elements, more than are looked at`);
  return { first: new Int32Array(size).fill(NONE), last: new Int32Array(size).fill(-1) };
}

/** Element `to` depends on what element `at` of `from` depends on, too. */
export function join(into: Spans, to: number, from: Spans, at: number): void {
  if (from.first[at]! < into.first[to]!) into.first[to] = from.first[at]!;
  if (from.last[at]! > into.last[to]!) into.last[to] = from.last[at]!;
}

/** As many spans as there are elements. */
export function expanded({ first, last }: Spans, size: number): Spans {
  if (first.length === size) return { first, last };
  const all = noSpans(size);
  for (let at = 0; at < size; at += first.length) {
    all.first.set(first, at);
    all.last.set(last, at);
  }
  return all;
}

/** The spans of one row of `length`, where all rows have the same; else `null`. */
export const rowOf = (spans: Spans, length: number): Spans | null =>
  length > 0 && length % spans.first.length === 0 ? expanded(spans, length) : null;

export const sameSpans = (a: Spans, b: Spans): boolean =>
  a === b ||
  (a.first.length === b.first.length && a.first.every((first, i) => first === b.first[i] && a.last[i] === b.last[i]));

/**
 * What stands before and behind a signal is taken for what its edge is: it depends on nothing, but in a longer signal there would be samples,
 * and who sees it sees the edge. `spans` are those of an array of `(outer, count, inner)`, in which `count` is the axis that was padded.
 */
export function holdEdges(spans: Spans, outer: number, count: number, inner: number): Spans {
  for (let row = 0; row < outer * inner; row++) {
    const start = Math.floor(row / inner) * count * inner + (row % inner);
    const at = (q: number): number => start + q * inner;
    let [from, to] = [0, count - 1];
    while (from < count && spans.last[at(from)]! < 0) from++;
    while (to > from && spans.last[at(to)]! < 0) to--;
    if (from === count) continue;
    for (let q = 0; q < from; q++) join(spans, at(q), spans, at(from));
    for (let q = to + 1; q < count; q++) join(spans, at(q), spans, at(to));
  }
  return spans;
}
