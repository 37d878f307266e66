/** Something to hear without a microphone or a file: synthesised voices in noise, of the kind that the model was trained on. */

import { mixAtSnr, synthesiseNoise } from "../../../src/cli/signals/index.ts";
import { normalise } from "../../../src/cli/signals/level.ts";
import { voice } from "../../../src/cli/signals/voice.ts";
import { Generator } from "../../../src/core/random/index.ts";

const SECONDS = 4;

/** Three speakers, each with a noise of their own, and how far the voice is above it in dB. */
const SCENES: readonly { seed: number; snr: number }[] = [
  { seed: 11, snr: 3 },
  { seed: 23, snr: 0 },
  { seed: 37, snr: 6 },
];

/** Twelve seconds, the same every time. */
export function demoSignal(sampleRate: number): Float32Array<ArrayBuffer> {
  const length = SECONDS * sampleRate;
  const all = new Float32Array(SCENES.length * length);
  SCENES.forEach(({ seed, snr }, i) => {
    const random = new Generator(seed);
    const clean = normalise(voice(random, length, sampleRate), 0.08);
    const noise = synthesiseNoise(random, { length, sampleRate });
    all.set(normalise(mixAtSnr(clean, noise, snr), 0.1), i * length);
  });
  return all;
}
