/** What a training leaves behind: sounds, weights, a page. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWav } from "../io/wav.ts";
import { saveDenoiser } from "./denoiser/file.ts";
import type { MaskNetwork } from "./denoiser/maskNetwork.ts";
import type { Material } from "./material.ts";
import { clock } from "./progress.ts";
import { renderReport } from "./report/index.ts";
import { counted, meanOf, type Result } from "./results.ts";
import { latencyText } from "./streaming/figures.ts";

/** The whole story of a training. */
export interface Story {
  readonly net: MaskNetwork;
  readonly material: Material;
  readonly losses: readonly number[];
  readonly seconds: number;
  /** In rising order of gain. */
  readonly results: readonly Result[];
  /** Samples by which a live result is late. */
  readonly latency: number;
}

/** A file, its content, and what it is, in words. */
export type Keepsake = readonly [name: string, content: Uint8Array | string, what: string];

export function keepsakes(story: Story): Keepsake[] {
  const { net, results } = story;
  const { sampleRate } = story.material;
  return [
    [
      "noisy.wav",
      joined(
        results.map(({ noisy }) => noisy),
        sampleRate,
      ),
      "the signals kept away from training, one after the other",
    ],
    [
      "denoised.wav",
      joined(
        results.map(({ denoised }) => denoised),
        sampleRate,
      ),
      "the same through the network",
    ],
    [
      "clean.wav",
      joined(
        results.map(({ clean }) => clean),
        sampleRate,
      ),
      "and as they should be",
    ],
    [
      "model.safetensors",
      saveDenoiser(net, sampleRate),
      `the weights; atrous apply runs them over WAVs at ${sampleRate} Hz`,
    ],
    ["report.html", page(story), "waveforms, spectrograms, sound and the loss curve: open it in a browser"],
  ];
}

/** Writes keepsakes into a folder, and gives a line on each. */
export function write(folder: string, files: readonly Keepsake[]): string[] {
  return files.map(([name, content, what]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return `  ${path.padEnd(folder.length + 20)} ${what}`;
  });
}

/** `108,000` for people. */
export const parameterCount = (net: MaskNetwork): string =>
  net
    .parameters()
    .reduce((sum, { size }) => sum + size, 0)
    .toLocaleString("en");

/** Signals one after the other with a quarter of a second between them. Float, because a loud recording with as much noise exceeds full scale. */
function joined(signals: readonly Float32Array[], sampleRate: number): Uint8Array {
  const gap = Math.round(sampleRate / 4);
  const all = new Float32Array(signals.reduce((length, signal) => length + signal.length + gap, -gap));
  let at = 0;
  for (const signal of signals) {
    all.set(signal, at);
    at += signal.length + gap;
  }
  return writeWav({ sampleRate, channels: [all] }, { encoding: "float32" });
}

function page({ net, material, losses, seconds, results, latency }: Story): string {
  const { sampleRate, source } = material;
  return renderReport({
    title: "atrous: a denoiser, learned",
    siSdr: meanOf(results),
    facts: [
      ["Learned from", source],
      ["Network", `causal convolutions that estimate a mask, ${parameterCount(net)} parameters`],
      ["Training", `${losses.length} steps in ${clock(1000 * seconds)}`],
      ["Sampling rate", `${sampleRate} Hz`],
      ["Latency when live", latencyText(latency, sampleRate)],
      ["Judged on", counted(results)],
    ],
    loss: { label: "noise to signal, dB", training: { steps: losses.map((_, i) => i + 1), values: losses } },
    examples: shown(results).map((result) => ({ ...result, sampleRate })),
  });
}

/** The examples on the page, 1 MB of sound and pictures each: what to expect, and what to fear. `results` rise in gain. */
function shown(results: readonly Result[]): Result[] {
  if (results.length < 3) return results.slice(-1);
  const [worst, median] = [results[0]!, results[results.length >> 1]!];
  return [
    { ...median, name: `${median.name}: the median of ${results.length}` },
    { ...worst, name: `${worst.name}: the worst of ${results.length}` },
  ];
}
