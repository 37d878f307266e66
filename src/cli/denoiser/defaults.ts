import type { MaskNetworkOptions } from "./maskNetwork.ts";

/**
 * The recipe of `atrous train`: every number in one place, with its reason. dB are of gain in SI-SDR on 64 held-out signals, after 800
 * steps unless said otherwise; 0.1 dB is what another seed changes.
 */
export const defaults = {
  /** Hz of what is synthesised: wide enough for consonants; more costs time in proportion. */
  sampleRate: 16000,
  /**
   * Windows of 64 ms at 16 kHz, 31 Hz per band: enough to part the harmonics of a voice, as much as a live listener puts up with. Half
   * as long gained 0.4 dB less.
   */
  hopSeconds: 0.032,
  /**
   * 128 channels gained 0.1 dB more, 20 % more time in steps 0.1 dB too. Depths 3 to 7 gained the same; at 4 the network hears the last
   * second.
   */
  network: { channels: 64, depth: 4 } satisfies Omit<MaskNetworkOptions, "hop">,
  /** Examples per step. Half as many steps of two examples gained 0.5 dB less. */
  batch: 1,
  /** Samples of an example: 64 frames, the first of which has half its window before the start. At equal arithmetic, twice as many gained 0.5 dB less, half as many the same. */
  crop: 32256,
  /** Training mixtures in dB, about the 0 dB that the result is judged at. */
  snr: [-3, 3] satisfies [number, number],
  /** Updates. 800 gain 0.35 dB less. */
  steps: 2000,
  /** The most they may take, for slow machines: 2000 steps take 45 s on one core. */
  minutes: 1.25,
  /** Of Adam. 4e-3 gained 0.1 dB less, 16e-3 0.3 dB less. */
  learningRate: 8e-3,
  /** Steps over which the learning rate rises: Adam's first averages are of very few gradients. */
  warmUp: 20,
  /** The share of the learning rate that is left at the end. */
  finalRate: 0.02,
  /** Longer gradients are shortened to this norm, 0.1 dB; the loss is in dB, so their length hardly depends on loudness. */
  clipNorm: 5,
  /**
   * Synthesised signals of each kind to draw examples from, and their seconds: made within five seconds. Seeds 1 and 2 gained 10.4 and
   * 10.3 dB with 400, 8.8 and 9.4 dB with 120, each on its own 48 held-out signals.
   */
  signals: 400,
  seconds: 4,
} as const;

/** The network for signals at `sampleRate`: a hop that is a power of two, of `hopSeconds` or a little less, within what it can be. */
export const networkAt = (sampleRate: number): MaskNetworkOptions => ({
  hop: Math.min(2048, Math.max(16, 2 ** Math.floor(Math.log2(sampleRate * defaults.hopSeconds)))),
  ...defaults.network,
});
