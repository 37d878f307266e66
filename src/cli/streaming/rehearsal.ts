/** A live performance of what was computed at once: in blocks of random lengths, with the same bits. */

import type { LiveStream } from "../../stream/index.ts";
import type { RandomSource } from "../signals/random.ts";

/** A signal, and what the network made of it as a whole. */
export interface Performed {
  readonly name: string;
  readonly noisy: Float32Array;
  readonly denoised: Float32Array;
}

export interface Rehearsal {
  readonly blocks: number;
  /** Where a streamed signal first differs, in words; `null` if none does. */
  readonly difference: string | null;
}

/** Lengths that every block has with one chance in 14: the shortest, and primes, which fit no hop. */
const SPECIAL: readonly number[] = [0, 1, 2, 127, 1021, 4093, 7919];

/** Other blocks are shorter than this. */
const LONGEST = 6000;

/** Streams every signal from its start, in blocks of random lengths, and compares. */
export function rehearse(
  live: LiveStream,
  signals: readonly Performed[],
  random: RandomSource,
  progress: (samples: number) => void,
): Rehearsal {
  let blocks = 0;
  for (const { name, noisy, denoised } of signals) {
    live.reset();
    let place = 0;
    let wrong = -1;
    const compare = ([samples]: readonly Float32Array[]): void => {
      for (const sample of samples!) {
        if (wrong < 0 && !Object.is(sample, denoised[place])) wrong = place;
        place++;
      }
    };
    for (let from = 0; from < noisy.length; blocks++) {
      const to = Math.min(noisy.length, from + blockLength(random));
      compare(live.push([noisy.subarray(from, to)]));
      progress(to - from);
      from = to;
    }
    compare(live.finish());
    if (wrong >= 0) return { blocks, difference: `${name} differs first at sample ${wrong}` };
    if (place !== denoised.length)
      return { blocks, difference: `${name} has ${place} samples instead of ${denoised.length}` };
  }
  return { blocks, difference: null };
}

function blockLength(random: RandomSource): number {
  const chosen = Math.floor(random.float32() * 2 * SPECIAL.length);
  return SPECIAL[chosen] ?? Math.floor(random.float32() * LONGEST);
}
