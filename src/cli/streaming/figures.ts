/** What `atrous apply` has to tell, for people and for programs. */
import type { Wav } from "../../io/wav.ts";
import type { Shard } from "../../stream/index.ts";

/** The object that --json prints. */
export interface Figures {
  readonly output: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per channel that were written: `start` … `end − 1` of the whole result. */
  readonly samples: number;
  readonly start: number;
  readonly end: number;
  readonly encoding: string;
  /** Samples that exceed full scale, in a file that cannot say so. */
  readonly clipped: number;
  readonly block: number;
  /** Parts of each channel, and the one that was computed, `null` for all. */
  readonly shards: number;
  readonly shard: number | null;
  /** Threads that computed. */
  readonly workers: number;
  readonly computeSeconds: number;
  /** Samples by which a live result is late. */
  readonly latency: number;
  readonly latencySeconds: number;
}

export function sentence(figures: Figures): string {
  const { output, sampleRate, channels, samples, start, end, shards, shard, workers, computeSeconds } = figures;
  const span =
    shard === null
      ? ""
      : `part ${shard} of ${shards}, ${samples > 0 ? `samples ${start} to ${end - 1}` : "no samples"}: `;
  const threads = workers > 1 ? ` by ${workers} threads` : "";
  return [
    `${output}: ${span}${(samples / sampleRate).toFixed(2)} s, ${channels} channel${channels === 1 ? "" : "s"}, `,
    `computed in ${computeSeconds.toFixed(2)} s${threads}; latency when live: ${latencyText(figures.latency, sampleRate)}`,
  ].join("");
}

/** The parts of a signal as JSON: all, or the one with the number `shard`. */
export function planText({ sampleRate, channels }: Wav, parts: readonly Shard[], shard: number | null): string {
  const numbered = parts.map((part, i) => ({ shard: i + 1, ...part }));
  const shards = shard === null ? numbered : [numbered[shard - 1]];
  return JSON.stringify({ sampleRate, channels: channels.length, samples: channels[0]!.length, shards }, null, 2);
}

/** `1023 samples (63.9 ms)` */
export const latencyText = (latency: number, sampleRate: number): string =>
  `${latency} samples (${((1000 * latency) / sampleRate).toFixed(1)} ms)`;
