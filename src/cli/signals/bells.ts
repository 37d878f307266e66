/** Struck bars and bells: partials in the ratios of a free bar or close to it, each dying away at its own pace. */
import { chance, logUniform, type RandomSource, uniform } from "./random.ts";

/** Partials of a free uniform bar over the first (Fletcher, Rossing, "The Physics of Musical Instruments", §2.15). */
const BAR: readonly number[] = [1, 2.756, 5.404, 8.933];
/** A vibraphone bar is undercut to bring the second partial to the double octave; a bell has its minor third. */
const VIBRAPHONE: readonly number[] = [1, 4, 10.2];
const BELL: readonly number[] = [0.5, 1, 1.2, 1.5, 2, 2.67, 4];

export function bells(random: RandomSource, length: number, sampleRate: number): Float32Array {
  const out = new Float32Array(length);
  const ratios = [BAR, VIBRAPHONE, BELL][Math.floor(random.float32() * 3)]!;
  const root = logUniform(random, 200, 600);
  const pace = uniform(random, 0.15, 0.5);
  for (let at = Math.floor(uniform(random, 0, 0.1) * sampleRate); at < length; ) {
    const pitch = root * 2 ** (Math.floor(random.float32() * 13) / 12);
    const level = logUniform(random, 0.4, 1);
    for (const ratio of ratios) {
      const cycles = (pitch * ratio * uniform(random, 0.998, 1.002)) / sampleRate;
      const decay = logUniform(random, 0.15, 0.8) / Math.sqrt(ratio);
      if (cycles < 0.45) addPartial(out, at, cycles, decay * sampleRate, (level * uniform(random, 0.3, 1)) / ratio);
    }
    at += Math.max(1, Math.floor(pace * (chance(random, 0.3) ? 2 : 1) * uniform(random, 0.95, 1.05) * sampleRate));
  }
  return out;
}

/** Adds level · e^(−t/decay) · sin(2π cycles t) from `at` on, by the recurrence of a damped rotation; times in samples. */
function addPartial(out: Float32Array, at: number, cycles: number, decay: number, level: number): void {
  const radius = Math.exp(-1 / decay);
  const b = 2 * radius * Math.cos(2 * Math.PI * cycles);
  const c = -radius * radius;
  const end = Math.min(out.length, at + Math.floor(decay * 7)); // −60 dB
  let y2 = 0;
  let y1 = level * radius * Math.sin(2 * Math.PI * cycles);
  for (let t = at; t < end; t++) {
    out[t]! += y2;
    const y = b * y1 + c * y2;
    y2 = y1;
    y1 = y;
  }
}
