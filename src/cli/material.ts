import { basename } from "node:path";
import { FormatError } from "../core/errors.ts";
import type { Generator } from "../core/random/index.ts";
import { defaults } from "./denoiser/defaults.ts";
import { checkOneRate, type Recording, readRecordings } from "./recordings.ts";
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

/** Less than this, in seconds, teaches nothing and judges nothing. */
const LEAST_SECONDS = 0.05;

/** Synthesised signals that the result is judged by: the gain of one differs from the next by several dB. */
const EXAMPLES = 48;

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

/** The user's own recordings. Some of the files, or the end of each if they are few, are kept away from training. */
export function recordedMaterial(random: Generator, cleanPath: string, noisePath: string | undefined): Material {
  const recordings = readRecordings(cleanPath);
  const noises = noisePath === undefined ? [] : readRecordings(noisePath);
  checkOneRate([...recordings, ...noises]);
  const { sampleRate } = recordings[0]!;
  const least = Math.ceil(LEAST_SECONDS * sampleRate);
  const [clean, judged] = keepAway(cleanPath, recordings, least);
  const synthesised = (name: string): Signal => ({
    name,
    samples: synthesiseNoise(random, { length: SECONDS * sampleRate, sampleRate }),
  });
  const [noise, judgedNoise] =
    noisePath === undefined
      ? [Array.from({ length: defaults.signals }, () => synthesised("noise")), judged.map(() => synthesised("noise"))]
      : keepAway(noisePath, noises, least);
  const heldOut = judged.map(({ name, samples }, i) => {
    const length = Math.min(samples.length, SECONDS * sampleRate);
    return example(name, samples.subarray(0, length), looped(judgedNoise[i % judgedNoise.length]!.samples, length));
  });
  const seconds = clean.reduce((sum, { samples }) => sum + samples.length, 0) / sampleRate;
  const samplesOf = (signals: readonly Signal[]) => signals.map(({ samples }) => samples);
  const source = `${seconds.toFixed(1)} s of recordings (${cleanPath})`;
  return { sampleRate, clean: samplesOf(clean), noise: samplesOf(noise), heldOut, source };
}

/** One channel of a recording, or a part of it. */
interface Signal {
  readonly name: string;
  readonly samples: Float32Array;
}

const example = (name: string, clean: Float32Array, noise: Float32Array): Example => ({
  name,
  clean,
  noisy: mixAtSnr(clean, noise, JUDGED_AT),
});

/**
 * Splits recordings into signals to learn from and signals to judge by: whole files if there are enough, because the channels of
 * one sound alike; else the end of each, where the last 15 % of its energy are, so that there is something to be heard.
 */
function keepAway(path: string, recordings: readonly Recording[], least: number): [Signal[], Signal[]] {
  const signals = recordings.map(signalsOf).filter((channels) => channels.length > 0);
  const whole = Math.round(signals.length * HELD_OUT);
  const [learned, judged] =
    whole > 0 ? [signals.slice(0, -whole).flat(), signals.slice(-whole).flat()] : cutEach(signals.flat());
  const usable = (parts: readonly Signal[]) => parts.filter(({ samples }) => samples.length >= least);
  const [clean, kept] = [usable(learned), usable(judged)];
  if (clean.length > 0 && kept.length > 0) return [clean, kept];
  throw new FormatError(
    `${path}: there is not enough sound to learn from and to judge by; both need ${LEAST_SECONDS} s at least, apart from silence`,
  );
}

/** The channels of a recording that are not silent. */
function signalsOf({ path, channels }: Recording): Signal[] {
  const name = basename(path);
  return channels
    .map((samples, c) => ({ name: channels.length > 1 ? `${name}, channel ${c + 1}` : name, samples }))
    .filter(({ samples }) => samples.some((sample) => sample !== 0));
}

function cutEach(signals: readonly Signal[]): [Signal[], Signal[]] {
  const cuts = signals.map(({ samples }) => {
    let left = HELD_OUT * samples.reduce((sum, sample) => sum + sample * sample, 0);
    let cut = samples.length;
    while (cut > 0 && left > 0) left -= samples[--cut]! ** 2;
    return cut;
  });
  return [
    signals.map(({ name, samples }, i) => ({ name, samples: samples.subarray(0, cuts[i]) })),
    signals.map(({ name, samples }, i) => ({ name, samples: samples.subarray(cuts[i]) })),
  ];
}

/** `length` samples of a signal, from its start and again as often as needed. */
const looped = (signal: Float32Array, length: number): Float32Array =>
  Float32Array.from({ length }, (_, t) => signal[t % signal.length]!);
