/** Random quantities that the signals are made of, drawn from a source that is always an argument. */

/** Uniform numbers in [0, 1). `Generator` of `core/random.ts` is one. */
export interface RandomSource {
  float32(): number;
}

export const uniform = (random: RandomSource, low: number, high: number): number =>
  low + (high - low) * random.float32();

/** For quantities heard in ratios: frequencies, durations, levels. */
export const logUniform = (random: RandomSource, low: number, high: number): number =>
  low * (high / low) ** random.float32();

export const chance = (random: RandomSource, probability: number): boolean => random.float32() < probability;

export function pick<T>(random: RandomSource, choices: readonly T[]): T {
  return choices[Math.floor(random.float32() * choices.length)]!;
}

/** Gaussian white noise of mean 0 and variance 1 (Box, Muller 1958), both values of each pair used. */
export function whiteNoise(random: RandomSource, length: number): Float32Array {
  const out = new Float32Array(length);
  for (let t = 0; t < length; t += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.float32()));
    const angle = 2 * Math.PI * random.float32();
    out[t] = radius * Math.cos(angle);
    if (t + 1 < length) out[t + 1] = radius * Math.sin(angle);
  }
  return out;
}
