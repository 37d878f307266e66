/**
 * What recordings suffer from: coloured noise, hiss in a band, mains hum, clicks. Every example mixes some of them at
 * its own levels, and hiss and colour swell and fade, so that no one filter fits all of it.
 */
import { bandPass, brownen, pinken } from "./filters.ts";
import { addScaled, normalise } from "./level.ts";
import { chance, logUniform, pick, type RandomSource, uniform, whiteNoise } from "./random.ts";

type Source = (random: RandomSource, length: number, sampleRate: number) => Float32Array;

/** White, pink and brown noise in random shares: a spectrum that falls by 0 to 6 dB per octave, not evenly. */
const coloured: Source = (random, length, sampleRate) => {
  const out = new Float32Array(length);
  const pink = whiteNoise(random, length);
  pinken(pink);
  const brown = whiteNoise(random, length);
  brownen(brown, sampleRate, logUniform(random, 60, 300));
  const white = whiteNoise(random, length);
  const shares: readonly [Float32Array, number][] = [
    [white, logUniform(random, 0.2, 1)],
    [pink, logUniform(random, 0.3, 1)],
    [brown, logUniform(random, 0.1, 0.5)],
  ];
  for (const [part, share] of shares) addScaled(out, normalise(part, 0.1), share);
  return out;
};

/** Noise in one band, as of tape, fans and air. */
const hiss: Source = (random, length, sampleRate) => {
  const out = whiteNoise(random, length);
  bandPass(out, sampleRate, logUniform(random, 600, 6000), uniform(random, 0.4, 2));
  return out;
};

/** Mains hum: 50 or 60 Hz within 0.2 %, and harmonics that fall with a random power of their number. */
const hum: Source = (random, length, sampleRate) => {
  const out = new Float32Array(length);
  const mains = pick(random, [50, 60]) * uniform(random, 0.998, 1.002);
  const fall = uniform(random, 0.4, 1.5);
  for (let harmonic = 1; harmonic <= 16; harmonic++) {
    const cycles = (mains * harmonic) / sampleRate;
    if (cycles >= 0.5) break;
    const level = uniform(random, 0.2, 1) / harmonic ** fall;
    const phase = 2 * Math.PI * random.float32();
    const b = 2 * Math.cos(2 * Math.PI * cycles);
    let y2 = level * Math.sin(phase);
    let y1 = level * Math.sin(phase + 2 * Math.PI * cycles);
    for (let t = 0; t < length; t++) {
      out[t]! += y2;
      const y = b * y1 - y2;
      y2 = y1;
      y1 = y;
    }
  }
  return out;
};

/** Clicks and crackle: short damped rings at random times, most of them small. */
const clicks: Source = (random, length, sampleRate) => {
  const out = new Float32Array(length);
  const rate = logUniform(random, 3, 60) / sampleRate;
  for (let at = wait(random, rate); at < length; at += wait(random, rate)) {
    const level = logUniform(random, 0.05, 1) * (chance(random, 0.5) ? 1 : -1);
    const decay = logUniform(random, 0.0001, 0.002) * sampleRate;
    const turn = (2 * Math.PI * logUniform(random, 300, 6000)) / sampleRate;
    const end = Math.min(length, at + Math.ceil(7 * decay));
    for (let t = at; t < end; t++) out[t]! += level * Math.exp((at - t) / decay) * Math.cos(turn * (t - at));
  }
  return out;
};

/** Samples until the next event of a Poisson process of `rate` events per sample. */
const wait = (random: RandomSource, rate: number): number => 1 + Math.floor(-Math.log(1 - random.float32()) / rate);

/** Slow swell of a steady noise in place: a gain of some dB either way, gliding between random points 0.2 to 1 s apart. */
function swell(random: RandomSource, x: Float32Array, sampleRate: number): void {
  const depth = uniform(random, 0, 5);
  let from = 10 ** (uniform(random, -depth, depth) / 20);
  for (let start = 0; start < x.length; ) {
    const span = Math.max(1, Math.floor(uniform(random, 0.2, 1) * sampleRate));
    const to = 10 ** (uniform(random, -depth, depth) / 20);
    const end = Math.min(x.length, start + span);
    for (let t = start; t < end; t++) x[t]! *= from + ((to - from) * (t - start)) / span;
    from = to;
    start = end;
  }
}

/** Noise at an RMS of 0.05 to 0.1: always something broad, sometimes hum and clicks, each 12 dB below it to equal. */
export function synthesiseNoise(
  random: RandomSource,
  { length, sampleRate }: { length: number; sampleRate: number },
): Float32Array {
  const out = new Float32Array(length);
  const steady = chance(random, 0.75) ? [coloured] : [hiss];
  if (chance(random, 0.35)) steady.push(hiss);
  for (const source of steady) {
    const part = source(random, length, sampleRate);
    swell(random, part, sampleRate);
    addScaled(out, normalise(part, 0.1), logUniform(random, 0.25, 1));
  }
  normalise(out, 0.1);
  for (const [source, probability] of [
    [hum, 0.3],
    [clicks, 0.35],
  ] as const) {
    if (chance(random, probability)) {
      addScaled(out, normalise(source(random, length, sampleRate), 0.1), logUniform(random, 0.25, 1));
    }
  }
  return normalise(out, logUniform(random, 0.05, 0.1));
}
