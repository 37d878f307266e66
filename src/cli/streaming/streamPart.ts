import type { LiveStream, Shard } from "../../stream/index.ts";

/**
 * Streams a part of a signal, in blocks, into an array for the whole result that begins with result `origin`. `progress` hears how many
 * samples have come.
 */
export function streamPart(
  live: LiveStream,
  signal: Float32Array,
  { inStart, inEnd, outStart, outEnd, skip }: Shard,
  block: number,
  into: Float32Array,
  origin: number,
  progress: (samples: number) => void,
): void {
  live.reset();
  let at = outStart - skip;
  const put = ([samples]: readonly Float32Array[]): void => {
    const [from, to] = [Math.max(at, outStart), Math.min(at + samples!.length, outEnd)];
    if (to > from) {
      into.set(samples!.subarray(from - at, to - at), from - origin);
      progress(to - from);
    }
    at += samples!.length;
  };
  for (let from = inStart; from < inEnd && at < outEnd; from += block)
    put(live.push([signal.subarray(from, Math.min(from + block, inEnd))]));
  if (at < outEnd) put(live.finish());
}
