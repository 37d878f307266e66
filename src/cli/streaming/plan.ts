import { type Shard, type Streamable, shards } from "../../stream/index.ts";

/** A part of one channel. */
export interface Job {
  readonly channel: number;
  readonly shard: Shard;
}

/** A signal of `length` samples in `count` parts; those that a short signal has not are empty. */
export function partsOf(network: Streamable, length: number, count: number): Shard[] {
  // All of it at once, which recurrences can do as well.
  if (count === 1) return [{ inStart: 0, inEnd: length, outStart: 0, outEnd: length, skip: 0 }];
  const parts = length > 0 ? shards(network, length, count) : [];
  const end = parts.at(-1)?.outEnd ?? 0;
  const none: Shard = { inStart: length, inEnd: length, outStart: end, outEnd: end, skip: 0 };
  return Array.from({ length: count }, (_, i) => parts[i] ?? none);
}

/**
 * The work on `channels` channels of `length` samples, all parts of each, for a number of workers that share it. What is left for a last
 * round in which some would stand idle is cut into as many parts again as there are workers: seven equal parts on two workers are done in
 * the time of four, 1.75 times as fast as one worker, not twice.
 */
export function jobsFor(
  network: Streamable,
  all: readonly Shard[],
  { channels, length, workers }: { channels: number; length: number; workers: number },
): Job[] {
  const parts = all.filter(({ outStart, outEnd }) => outEnd > outStart);
  const jobs = Array.from({ length: channels }, (_, channel) => parts.map((shard) => ({ channel, shard }))).flat();
  const rest = jobs.length % workers;
  // Cuts at multiples of 1/n are among those at multiples of 1/(n·workers), as long as no part is empty.
  const finer = rest > 0 ? partsOf(network, length, parts.length * workers) : [];
  if (rest === 0 || finer.at(-1)!.outEnd === finer.at(-1)!.outStart) return jobs;
  const cut = ({ channel, shard }: Job): Job[] =>
    finer
      .filter(({ outStart, outEnd }) => outStart >= shard.outStart && outEnd <= shard.outEnd)
      .map((each) => ({ channel, shard: each }));
  return [...jobs.slice(0, -rest), ...jobs.slice(-rest).flatMap(cut)];
}
