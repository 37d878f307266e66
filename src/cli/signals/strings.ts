/**
 * Plucked strings, one note after the other or strummed together (Karplus, Strong: "Digital synthesis of plucked-string
 * and drum timbres", 1983): a burst of noise runs around a delay line of one period through a low pass.
 */
import { addScaled } from "./level.ts";
import { chance, logUniform, pick, type RandomSource, uniform, whiteNoise } from "./random.ts";

/** Semitones above the root. */
const CHORDS: readonly (readonly number[])[] = [
  [0, 7, 12, 16, 19, 24],
  [0, 7, 12, 15, 19, 24],
  [0, 5, 7, 12, 17, 19],
  [0, 3, 7, 10, 15, 19],
];

export function strings(random: RandomSource, length: number, sampleRate: number): Float32Array {
  const out = new Float32Array(length);
  const root = logUniform(random, 80, 200);
  const pulse = uniform(random, 0.12, 0.35);
  const brightness = uniform(random, 0.3, 0.9);
  let chord = pick(random, CHORDS);
  let transpose = 0;
  for (let at = uniform(random, 0, 0.1) * sampleRate; at < length; at += pulse * pick(random, [1, 1, 2]) * sampleRate) {
    if (chance(random, 0.15)) {
      chord = pick(random, CHORDS);
      transpose = pick(random, [-5, -3, -2, 0, 2, 3, 5]);
    }
    const notes = chance(random, 0.15) ? 3 : 1;
    for (let n = 0; n < notes; n++) {
      const start = Math.floor(at + n * uniform(random, 0.01, 0.03) * sampleRate);
      if (start >= length) break;
      const pitch = root * 2 ** ((pick(random, chord) + transpose) / 12);
      const decay = uniform(random, 0.8, 2.5);
      const ring = Math.min(length - start, Math.floor(uniform(random, 0.4, 1.2) * sampleRate));
      addScaled(
        out.subarray(start, start + ring),
        pluck(random, ring, pitch / sampleRate, decay * sampleRate, brightness),
        1,
      );
    }
  }
  return out;
}

/**
 * One note of `length` samples: `frequency` in cycles per sample, `decay` the samples until −60 dB, `brightness` 0..1
 * the share of high partials in the pluck.
 */
function pluck(
  random: RandomSource,
  length: number,
  frequency: number,
  decay: number,
  brightness: number,
): Float32Array {
  const out = new Float32Array(length);
  // The two-tap average delays by half a sample, linear interpolation by the fraction.
  const period = Math.max(2, 1 / frequency - 0.5);
  const whole = Math.floor(period);
  const fraction = period - whole;
  const line = whiteNoise(random, whole + 2);
  let soft = 0;
  for (let i = 0; i < line.length; i++) {
    soft += brightness * (line[i]! - soft);
    line[i] = soft;
  }
  const loss = 0.001 ** (period / decay);
  const damp = Math.max(1, Math.floor(length * 0.1));
  let write = 0;
  let last = 0;
  const size = line.length;
  for (let t = 0; t < length; t++) {
    const newer = line[(write + size - whole) % size]!;
    const older = line[(write + size - whole - 1) % size]!;
    const value = newer + fraction * (older - newer);
    const fed = loss * 0.5 * (value + last);
    last = value;
    line[write] = fed;
    write = write + 1 === size ? 0 : write + 1;
    out[t] = fed * Math.min(1, (length - t) / damp);
  }
  return out;
}
