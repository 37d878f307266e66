import { FormatError } from "../core/errors.ts";
import type { Generator } from "../core/random/index.ts";
import { defaults } from "./denoiser/defaults.ts";
import { channelsOf, checkOneRate, readRecordings } from "./recordings.ts";
import { mixAtSnr, synthesiseClean, synthesiseNoise } from "./signals/index.ts";

/** A mixture and what it was mixed from, kept away from training. */
export interface Example {
  readonly name: string;
  readonly clean: Float32Array;
  readonly noisy: Float32Array;
}

/** What a denoiser learns from and is judged by. */
export interface Material {
  readonly sampleRate: number;
  readonly clean: readonly Float32Array[];
  readonly noise: readonly Float32Array[];
  readonly heldOut: readonly Example[];
  /** Where it comes from, as a phrase. */
  readonly source: string;
}

/** Seconds of a recording to judge by, at most. */
const SECONDS = 4;

/** Signal to noise of the mixtures that the result is judged by, in dB. */
const JUDGED_AT = 0;

/** The part of the recordings that is kept away from training. */
const HELD_OUT = 0.15;

/** Synthesised signals that the result is judged by: the gain of one differs from the next by several dB. */
const EXAMPLES = 16;

export function synthesisedMaterial(random: Generator): Material {
  const { sampleRate, signals, seconds } = defaults;
  const shape = { length: seconds * sampleRate, sampleRate };
  const clean = Array.from({ length: signals }, () => synthesiseClean(random, shape));
  const noise = Array.from({ length: signals }, () => synthesiseNoise(random, shape));
  const heldOut = Array.from({ length: EXAMPLES }, (_, i) => {
    const signal = synthesiseClean(random, shape);
    return example(`synthesised ${i + 1}`, signal, synthesiseNoise(random, shape));
  });
  return {
    sampleRate,
    clean,
    noise,
    heldOut,
    source: `${signals * seconds} s of synthesised voices, strings and bells`,
  };
}

/** The user's own recordings. Some of the files, or the end of a single one, are kept away from training. */
export function recordedMaterial(random: Generator, cleanPath: string, noisePath: string | undefined): Material {
  const recordings = readRecordings(cleanPath);
  const noises = noisePath === undefined ? [] : readRecordings(noisePath);
  checkOneRate([...recordings, ...noises]);
  const { sampleRate } = recordings[0]!;
  const [clean, judged] = keepAway(channelsOf(recordings));
  const synthesised = () => synthesiseNoise(random, { length: SECONDS * sampleRate, sampleRate });
  const [noise, judgedNoise] =
    noises.length > 0
      ? keepAway(channelsOf(noises))
      : [Array.from({ length: defaults.signals }, synthesised), Array.from({ length: judged.length }, synthesised)];
  const heldOut = judged.map((signal, i) => {
    const length = Math.min(signal.length, SECONDS * sampleRate);
    return example(
      `recording ${i + 1}`,
      signal.subarray(0, length),
      looped(judgedNoise[i % judgedNoise.length]!, length),
    );
  });
  const seconds = clean.reduce((sum, signal) => sum + signal.length, 0) / sampleRate;
  if (heldOut.length === 0 || seconds === 0) throw new FormatError(`${cleanPath}: there are no samples to learn from`);
  return { sampleRate, clean, noise, heldOut, source: `${seconds.toFixed(1)} s of recordings (${cleanPath})` };
}

const example = (name: string, clean: Float32Array, noise: Float32Array): Example => ({
  name,
  clean,
  noisy: mixAtSnr(clean, noise, JUDGED_AT),
});

/** Splits signals into those to learn from and those to judge by: whole signals if there are enough, else the end of each. */
function keepAway(signals: readonly Float32Array[]): [Float32Array[], Float32Array[]] {
  const sounding = signals.filter((signal) => signal.some((sample) => sample !== 0));
  const whole = Math.round(sounding.length * HELD_OUT);
  if (whole > 0) return [sounding.slice(0, -whole), sounding.slice(-whole)];
  const cut = (signal: Float32Array) => Math.floor(signal.length * (1 - HELD_OUT));
  return [
    sounding.map((signal) => signal.subarray(0, cut(signal))),
    sounding.map((signal) => signal.subarray(cut(signal))),
  ];
}

/** `length` samples of a signal, from its start and again as often as needed. */
const looped = (signal: Float32Array, length: number): Float32Array =>
  Float32Array.from({ length }, (_, t) => signal[t % signal.length]!);
