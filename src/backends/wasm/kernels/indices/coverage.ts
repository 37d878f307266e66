import type { Beginning } from "../loops/additions.ts";
import type { Segment } from "./segments.ts";

export interface Addend {
  readonly segment: Segment;
  readonly beginning: Beginning;
}

/** How the segments of an index map, read backwards, fill a row. */
export interface Coverage {
  /** In the order in which they are added. */
  readonly addends: readonly Addend[];
  /** What has to be zero before, as [first, end). */
  readonly zeros: readonly (readonly [number, number])[];
}

/** More stretches of zeros than these are cheaper as one, over the whole row. */
const MAX_ZEROS = 8;

/**
 * Segments that meet untouched places start a sum there, which saves writing zeros and reading them back. Where no place gets more
 * than two numbers the order does not matter (0 + a + b = 0 + b + a), and the longest segments come first: for a padded row that is
 * the signal itself. `sums`: whether a segment that repeats places can start their sums itself.
 */
export function coverageOf(segments: readonly Segment[], length: number, sums: boolean): Coverage {
  const added = segments.filter(({ from }) => from >= 0);
  const counts = new Int32Array(length);
  for (const segment of added)
    eachPlace(segment, (place) => {
      counts[place]! += segment.times;
    });
  const inAnyOrder = counts.every((count) => count <= 2);
  const ordered = inAnyOrder ? added.toSorted((a, b) => b.count - a.count) : added;
  const touched = new Uint8Array(length);
  const started = new Uint8Array(length);
  const addends = ordered.map((segment): Addend => {
    let isFirst = sums || segment.times === 1;
    eachPlace(segment, (place) => {
      if (touched[place]) isFirst = false;
    });
    eachPlace(segment, (place) => {
      touched[place] = 1;
      if (isFirst) started[place] = 1;
    });
    return { segment, beginning: isFirst ? "start" : "add" };
  });
  const zeros = stretchesOfZeros(started);
  return { addends, zeros: zeros.length <= MAX_ZEROS ? zeros : [[0, length]] };
}

function eachPlace({ from, count, step, times }: Segment, visit: (place: number) => void): void {
  for (let group = 0; group < count / times; group++) visit(from + step * group);
}

/** As [first, end), up to one more than is of use. */
function stretchesOfZeros(flags: Uint8Array): [number, number][] {
  const found: [number, number][] = [];
  for (let first = flags.indexOf(0); first >= 0 && found.length <= MAX_ZEROS; ) {
    const next = flags.indexOf(1, first);
    const end = next < 0 ? flags.length : next;
    found.push([first, end]);
    first = next < 0 ? -1 : flags.indexOf(0, end);
  }
  return found;
}
