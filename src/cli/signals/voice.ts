/**
 * Something like a voice: vowels, glides and pauses without words. A glottal pulse train with a gliding pitch and some
 * breath runs through a cascade of formant resonators (Klatt 1980); every syllable moves between two vowels, and some
 * begin with a short hiss, as "s" and "f" do.
 */
import { bandPass, Resonator } from "./filters.ts";
import { chance, logUniform, pick, type RandomSource, uniform, whiteNoise } from "./random.ts";

/** First three formants in Hz of ten vowels, means of male speakers (Peterson, Barney 1952). */
const VOWELS: readonly (readonly [number, number, number])[] = [
  [270, 2290, 3010],
  [390, 1990, 2550],
  [530, 1840, 2480],
  [660, 1720, 2410],
  [730, 1090, 2440],
  [570, 840, 2410],
  [440, 1020, 2240],
  [300, 870, 2240],
  [640, 1190, 2390],
  [490, 1350, 1690],
];

/** Bandwidths in Hz of the first three formants and of the two fixed ones above. */
const BANDWIDTHS: readonly number[] = [70, 90, 130, 200, 260];
const UPPER_FORMANTS: readonly number[] = [3500, 4500];

/** Formants and pitch are held for this many seconds. */
const HOLD = 0.005;

interface Speaker {
  /** Mean pitch in Hz. */
  pitch: number;
  /** Formants of the table are multiplied by this: shorter vocal tracts belong to higher voices. */
  tract: number;
  /** Level of the breath relative to the pulses. */
  breath: number;
  /** Fraction of a period in which the glottis is open. */
  open: number;
  /** Syllables per second while speaking. */
  tempo: number;
}

export function voice(random: RandomSource, length: number, sampleRate: number): Float32Array {
  const pitch = logUniform(random, 85, 260);
  const speaker: Speaker = {
    pitch,
    tract: (pitch / 120) ** 0.2 * uniform(random, 0.92, 1.08),
    breath: logUniform(random, 0.01, 0.08),
    open: uniform(random, 0.5, 0.7),
    tempo: uniform(random, 3, 6),
  };
  const out = new Float32Array(length);
  const breath = whiteNoise(random, length);
  const formants = BANDWIDTHS.map(() => new Resonator(sampleRate));
  let vowel = pick(random, VOWELS);
  let phase = 0;
  let at = Math.floor(uniform(random, 0, 0.15) * sampleRate);
  while (at < length) {
    const syllable = Math.max(1, Math.floor((uniform(random, 0.7, 1.4) / speaker.tempo) * sampleRate));
    const end = Math.min(length, at + syllable);
    const next = pick(random, VOWELS);
    phase = sing(random, speaker, out, breath, {
      at,
      end,
      syllable,
      phase,
      from: vowel,
      to: next,
      formants,
      sampleRate,
    });
    if (chance(random, 0.25)) hiss(random, out, at, sampleRate);
    vowel = next;
    at = end + (chance(random, 0.3) ? Math.floor(logUniform(random, 0.08, 0.6) * sampleRate) : 0);
  }
  return out;
}

interface Syllable {
  at: number;
  end: number;
  /** Its full length in samples, also where the signal ends before it. */
  syllable: number;
  phase: number;
  from: readonly [number, number, number];
  to: readonly [number, number, number];
  formants: readonly Resonator[];
  sampleRate: number;
}

/** Writes one syllable and returns the phase of the glottis after it. */
function sing(
  random: RandomSource,
  speaker: Speaker,
  out: Float32Array,
  breath: Float32Array,
  { at, end, syllable, phase, from, to, formants, sampleRate }: Syllable,
): number {
  const begin = speaker.pitch * uniform(random, 0.85, 1.25);
  const glide = uniform(random, 0.75, 1.2);
  const level = logUniform(random, 0.4, 1);
  const attack = uniform(random, 0.015, 0.05) * sampleRate;
  const release = uniform(random, 0.04, 0.1) * sampleRate;
  const hold = Math.max(1, Math.round(HOLD * sampleRate));
  for (let start = at; start < end; start += hold) {
    const stop = Math.min(end, start + hold);
    const way = (start - at) / syllable;
    const step = (begin * glide ** way * uniform(random, 0.99, 1.01)) / sampleRate;
    for (let t = start; t < stop; t++) {
      const fade = Math.min(1, (t - at) / attack, (at + syllable - t) / release);
      const pulse = glottis(phase, step, speaker.open) + speaker.breath * breath[t]!;
      out[t] = level * fade * fade * (3 - 2 * fade) * pulse;
      phase += step;
      if (phase >= 1) phase -= 1;
    }
    const turn = way * way * (3 - 2 * way);
    for (const [i, formant] of formants.entries()) {
      const frequency = i < 3 ? from[i]! + (to[i]! - from[i]!) * turn : UPPER_FORMANTS[i - 3]!;
      formant.tune(frequency * speaker.tract, BANDWIDTHS[i]!);
      formant.run(out, start, stop);
    }
  }
  return phase;
}

/**
 * Derivative of the glottal flow over one period, 2u − 3u² with u = phase / open while the glottis is open (KLGLOTT88,
 * Klatt, Klatt 1990). It jumps from −1 to 0 when the glottis closes; the jump is rounded over two samples (polyBLEP),
 * or its harmonics would fold back from half the sample rate.
 */
function glottis(phase: number, step: number, open: number): number {
  const u = phase / open;
  const flow = u < 1 ? 2 * u - 3 * u * u : 0;
  const away = (phase - open) / step;
  if (away < -1 || away > 1) return flow;
  return flow + (away < 0 ? 0.5 * (1 + away) * (1 + away) : -0.5 * (1 - away) * (1 - away));
}

/** Adds the hiss of a fricative, most of it before the vowel that starts at `at`. */
function hiss(random: RandomSource, out: Float32Array, at: number, sampleRate: number): void {
  const span = Math.floor(uniform(random, 0.05, 0.12) * sampleRate);
  const start = Math.max(0, at - Math.floor(0.7 * span));
  const length = Math.min(span, out.length - start);
  const noise = whiteNoise(random, length);
  bandPass(noise, sampleRate, logUniform(random, 2000, 6500), uniform(random, 1, 3));
  const level = logUniform(random, 0.1, 0.5);
  for (let t = 0; t < length; t++) out[start + t]! += level * Math.sin((Math.PI * t) / length) ** 2 * noise[t]!;
}
