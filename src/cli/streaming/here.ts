import type { LiveStream, Shard } from "../../stream/index.ts";
import { streamPart } from "./streamPart.ts";

/** One part of every channel through the network, in this thread: its samples alone. */
export const here = (
  live: LiveStream,
  channels: readonly Float32Array[],
  shard: Shard,
  block: number,
  progress: (samples: number) => void,
): Float32Array[] =>
  channels.map((channel) => {
    const result = new Float32Array(shard.outEnd - shard.outStart);
    streamPart(live, channel, shard, block, result, shard.outStart, progress);
    return result;
  });
