import type { WaveUNetOptions } from "./waveUNet.ts";

/** The recipe of `atrous train`: every number in one place, with its reason. dB are of held-out gain in SI-SDR. */
export const defaults = {
  /** Hz of what is synthesised: wide enough for consonants; more costs time in proportion. */
  sampleRate: 16000,
  /** Windows of 16 ms at 16 kHz, 62 Hz per band: twice as long gained 0.2 dB at equal arithmetic, for twice the latency. */
  hopSeconds: 0.008,
  network: { channels: 32, depth: 4 } satisfies Omit<WaveUNetOptions, "hop">,
  /** Examples per step: at equal arithmetic, many small steps gained 0.2 dB over half as many of two. */
  batch: 1,
  /** Samples of an example, 128 frames: shorter ones spend more of the time on edges and updates. */
  crop: 16384,
  /** Training mixtures in dB, about the 0 dB that the result is judged at: −5 … 5 gained 0.1 dB less. */
  snr: [-3, 3] satisfies [number, number],
  /** Updates. A third of them gain 0.8 dB less, more than four times as many 0.8 dB more. */
  steps: 600,
  /** The most they may take, for slow machines: 600 steps take 70 to 90 s on one core. */
  minutes: 2,
  /** Of Adam. 3e-3 … 1e-2 end within 0.2 dB of each other. */
  learningRate: 5e-3,
  /** The filter bank starts as a good one and learns at this share of the rate: at the full rate 0.2 dB less. */
  filterbankRate: 0.1,
  /** Steps over which the learning rate rises: Adam's first averages are of very few gradients. */
  warmUp: 20,
  /** The share of the learning rate that is left at the end. */
  finalRate: 0.02,
  /** Longer gradients are shortened to this norm; the loss is in dB, so their length hardly depends on loudness. */
  clipNorm: 5,
  /** Synthesised signals of each kind to draw examples from, and their seconds: made within a second. */
  signals: 60,
  seconds: 4,
} as const;

/** The network for signals at `sampleRate`: a hop that is a power of two, of `hopSeconds` or a little less. */
export const networkAt = (sampleRate: number): WaveUNetOptions => ({
  hop: 2 ** Math.floor(Math.log2(Math.max(sampleRate * defaults.hopSeconds, 1))),
  ...defaults.network,
});
