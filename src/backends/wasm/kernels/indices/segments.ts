/**
 * Part of an index map: `index[at + j] = from + step · ⌊j / times⌋` for `j < count`, a multiple of `times`; `from` is −1 where the
 * map reads zeros.
 */
export interface Segment {
  readonly at: number;
  readonly count: number;
  readonly from: number;
  readonly step: number;
  readonly times: number;
}

/** Code for a segment takes some 20 bytes; beyond this many, a table with every index is the better program. */
const MAX_SEGMENTS = 24;

/** Whether a segment is a stretch as it stands. */
export const isRun = ({ step, times }: Segment): boolean => step === 1 && times === 1;

/**
 * The map as segments, or `null` if there are too many of them. Of maps of blocks of `inner` elements, only runs and zeros are worth
 * code of their own: the others have one pass through a loop per block, as with a table.
 */
export function segmentsOf(index: Int32Array, inner: number): Segment[] | null {
  const segments: Segment[] = [];
  for (let at = 0; at < index.length; ) {
    const segment = segmentAt(index, at);
    if (segments.length === MAX_SEGMENTS || (inner > 1 && segment.from >= 0 && !isRun(segment))) return null;
    segments.push(segment);
    at += segment.count;
  }
  return segments;
}

/** Equal numbers from `at` on. */
function repeats(index: Int32Array, at: number): number {
  let end = at + 1;
  while (end < index.length && index[end] === index[at]) end++;
  return end - at;
}

function segmentAt(index: Int32Array, at: number): Segment {
  const from = index[at]!;
  const times = repeats(index, at);
  if (from < 0) return { at, count: times, from: -1, step: 0, times };
  return times > 1 ? repeated(index, at, times) : ascending(index, at);
}

function repeated(index: Int32Array, at: number, times: number): Segment {
  const from = index[at]!;
  const step = (index[at + times] ?? -1) - from;
  let groups = 1;
  while (from + step >= 0 && isGroup(index, at + groups * times, times, from + groups * step)) groups++;
  return { at, count: groups * times, from, step: groups > 1 ? step : 0, times };
}

function isGroup(index: Int32Array, at: number, times: number, value: number): boolean {
  if (value < 0) return false;
  for (let j = 0; j < times; j++) if (index[at + j] !== value) return false;
  return true;
}

function ascending(index: Int32Array, at: number): Segment {
  const from = index[at]!;
  const step = (index[at + 1] ?? -1) - from;
  let count = 1;
  if (from + step >= 0) while (from + count * step >= 0 && index[at + count] === from + count * step) count++;
  // What begins a stretch of equal numbers belongs to that: 0 1 1 2 2 3 3 is 0, then pairs.
  if (count > 1 && repeats(index, at + count - 1) > 1) count--;
  return { at, count, from, step: count > 1 ? step : 1, times: 1 };
}
