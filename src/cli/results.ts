/** How well a denoiser does on signals it was not trained on. */
import { denoise } from "./denoiser/denoise.ts";
import type { MaskNetwork } from "./denoiser/maskNetwork.ts";
import type { Example } from "./material.ts";
import { siSdr, siSdrGain } from "./metrics.ts";

/** An example and what became of it: SI-SDR before, and how much it rose, in dB. */
export interface Result extends Example {
  readonly denoised: Float32Array;
  readonly before: number;
  readonly gain: number;
}

/** What the network makes of the examples, in the order of its gains. */
export function judge(net: MaskNetwork, examples: readonly Example[]): Result[] {
  const results = examples.map((example): Result => {
    const denoised = denoise(net, example.noisy);
    const { noisy, clean } = example;
    return { ...example, denoised, before: siSdr(noisy, clean), gain: siSdrGain(noisy, denoised, clean) };
  });
  return results.sort((a, b) => a.gain - b.gain);
}

/** Mean SI-SDR before and after, in dB. */
export function meanOf(results: readonly Result[]): { before: number; after: number } {
  const mean = (value: (result: Result) => number): number =>
    results.reduce((sum, result) => sum + value(result), 0) / results.length;
  return { before: mean(({ before }) => before), after: mean(({ before, gain }) => before + gain) };
}

/** `16 signals kept away from training` */
export const counted = ({ length }: readonly Result[]): string =>
  `${length} signal${length === 1 ? "" : "s"} kept away from training`;

/** The results in one or two sentences. */
export function verdict(results: readonly Result[]): string {
  const { before, after } = meanOf(results);
  const gained = decibels(tenths(after) - tenths(before), "+");
  const mean = `SI-SDR on ${counted(results)}: ${decibels(before)} before, ${decibels(after)} after: ${gained} gained.`;
  if (results.length === 1) return mean;
  const better = results.filter(({ gain }) => gain > 0).length;
  const range = `${decibels(results[0]!.gain, "+")} to ${decibels(results.at(-1)!.gain, "+")}`;
  return `${mean}\n${better} of ${results.length} improved, the gains are ${range}.`;
}

/** Rounded as it is shown, so that shown differences are those of the numbers beside them; + 0 makes 0 of −0. */
const tenths = (value: number): number => Math.round(10 * value) / 10 + 0;

/** One digit, and no minus before a zero. */
function decibels(value: number, plus = ""): string {
  const rounded = tenths(value);
  return `${rounded >= 0 ? plus : ""}${rounded.toFixed(1)} dB`;
}
