import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { manualSeed } from "../core/random/index.ts";
import { writeWav } from "../io/wav.ts";
import { type Command, integerOption, numberOption, parse, UsageError } from "./command.ts";
import { defaults, networkAt } from "./denoiser/defaults.ts";
import { denoise } from "./denoiser/denoise.ts";
import { saveDenoiser } from "./denoiser/file.ts";
import { type Pair, trainingPairs } from "./denoiser/pairs.ts";
import { trainDenoiser } from "./denoiser/training.ts";
import { WaveUNet } from "./denoiser/waveUNet.ts";
import { type Example, type Material, recordedMaterial, synthesisedMaterial } from "./material.ts";
import { siSdr } from "./metrics.ts";
import { clock, startProgress } from "./progress.ts";
import { renderReport } from "./report/index.ts";

export const train: Command = {
  name: "train",
  summary: "Learns a denoiser from clean and noisy signals, and shows what it has learned.",
  usage: `atrous train [--clean PATH] [--noise PATH] [options]

Without --clean it learns on signals that it synthesises: voices, strings and bells in hum, hiss and clicks.

  --clean PATH     a WAV file, or a folder of them: what is to be kept
  --noise PATH     a WAV file, or a folder of them: what is to go (default: synthesised)
  --out FOLDER     where the results go (default: atrous-out)
  --steps N        updates of the weights (default: ${defaults.steps})
  --minutes M      stop after M minutes at the latest, with the learning rate wound down in time (default: ${defaults.minutes})
  --seed N         another seed, another network (default: 1)

It writes noisy.wav, denoised.wav and clean.wav (signals it was not trained on), model.safetensors and report.html.
Ctrl-C ends the training early and keeps what it has learned so far.`,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, {
    clean: { type: "string" },
    noise: { type: "string" },
    out: { type: "string", default: "atrous-out" },
    steps: { type: "string", default: String(defaults.steps) },
    minutes: { type: "string", default: String(defaults.minutes) },
    seed: { type: "string", default: "1" },
  });
  if (positionals.length > 0) throw new UsageError(`train takes options only, got "${positionals[0]}"`);
  const steps = integerOption("steps", values.steps, 1);
  const minutes = numberOption("minutes", values.minutes, 0.01);
  const seed = integerOption("seed", values.seed, 0);
  if (values.noise !== undefined && values.clean === undefined)
    throw new UsageError("--noise goes with --clean: synthesised signals bring their own noise");

  manualSeed(seed);
  const random = manualSeed(seed);
  const material =
    values.clean === undefined ? synthesisedMaterial(random) : recordedMaterial(random, values.clean, values.noise);
  mkdirSync(values.out, { recursive: true }); // a folder that cannot be made must not cost a training
  accessSync(values.out, constants.W_OK);
  const net = new WaveUNet(networkAt(material.sampleRate));
  say(introduction(net, material, steps, minutes));
  const begun = performance.now();
  const losses = await learn(net, trainingPairs({ ...material, ...defaults, random }), steps, minutes);
  const trained = (performance.now() - begun) / 1000;

  const results = material.heldOut
    .map((example): Result => {
      const denoised = denoise(net, example.noisy);
      const before = siSdr(example.noisy, example.clean);
      return { ...example, denoised, before, gain: siSdr(denoised, example.clean) - before };
    })
    .sort((a, b) => a.gain - b.gain);
  const [before, gain] = [mean(results.map((result) => result.before)), mean(results.map((result) => result.gain))];
  const after = before + gain;
  const count = `${results.length} signal${results.length === 1 ? "" : "s"} kept away from training`;
  say(`SI-SDR on ${count}: ${decibels(before)} before, ${decibels(after)} after: ${decibels(gain, "+")} gained.`);
  if (results.length > 1) {
    const better = results.filter((result) => result.gain > 0).length;
    const [least, most] = [results[0]!.gain, results.at(-1)!.gain];
    say(`${better} of ${results.length} improved, the gains are ${decibels(least, "+")} to ${decibels(most, "+")}.`);
  }

  const facts: [string, string][] = [
    ["Learned from", material.source],
    [
      "Network",
      `Wave-U-Net, ${net
        .parameters()
        .reduce((sum, p) => sum + p.size, 0)
        .toLocaleString("en")} parameters`,
    ],
    ["Training", `${losses.length} steps in ${clock(1000 * trained)}`],
    ["Sampling rate", `${material.sampleRate} Hz`],
    ["Latency when live", `${net.lookahead} samples, ${((1000 * net.lookahead) / material.sampleRate).toFixed(1)} ms`],
    ["Judged on", count],
  ];
  const page = renderReport({
    title: "atrous: a denoiser, learned",
    siSdr: { before, after },
    facts,
    loss: { label: "noise to signal, dB", training: curve(losses) },
    examples: shown(results).map((result) => ({ ...result, sampleRate: material.sampleRate })),
  });
  write(values.out, net, material.sampleRate, results, page);
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

/** What is about to happen, before it takes its time. */
function introduction(net: WaveUNet, { source, sampleRate }: Material, steps: number, minutes: number): string {
  const parameters = net.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  return `A causal Wave-U-Net with ${parameters.toLocaleString("en")} parameters learns to denoise ${source} at ${sampleRate} Hz: ${steps} steps, at most ${minutes} min.`;
}

/** The training itself, with its progress line; the loss of every step. Ctrl-C ends it between two steps. */
async function learn(net: WaveUNet, pairs: Iterator<Pair>, steps: number, minutes: number): Promise<readonly number[]> {
  const progress = startProgress("training", 1);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt); // once: a second one ends the process
  const losses: number[] = [];
  // Single steps jump by several dB with what they happen to hear; the line shows where the loss is going.
  let smooth = Number.NaN;
  try {
    const settings = { net, pairs, steps, timeLimit: minutes * 60, learningRate: defaults.learningRate };
    for (const { loss, way } of trainDenoiser(settings)) {
      losses.push(loss);
      smooth = Number.isNaN(smooth) ? loss : smooth + 0.05 * (loss - smooth);
      progress.update(way, `loss ${smooth.toFixed(2)} dB`);
      await setImmediate(); // lets the signal through
      if (interrupted) break;
    }
  } finally {
    process.off("SIGINT", interrupt);
  }
  const who = interrupted ? "you" : "the clock";
  const early = losses.length < steps ? `, stopped by ${who} after ${losses.length} steps` : "";
  progress.finish(`loss ${smooth.toFixed(2)} dB${early}`);
  return losses;
}

/** Everything the user keeps, and where it is. */
function write(folder: string, net: WaveUNet, sampleRate: number, results: readonly Result[], page: string): void {
  const gap = new Float32Array(Math.round(sampleRate / 4));
  const joined = (which: "noisy" | "denoised" | "clean"): Uint8Array => {
    const parts = results.flatMap((result) => [result[which], gap]).slice(0, -1);
    const signal = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      signal.set(part, at);
      at += part.length;
    }
    // Float: a loud recording with as much noise exceeds full scale, and the files must be what was judged.
    return writeWav({ sampleRate, channels: [signal] }, { encoding: "float32" });
  };
  const files: [string, Uint8Array | string, string][] = [
    ["noisy.wav", joined("noisy"), "the signals kept away from training, one after the other"],
    ["denoised.wav", joined("denoised"), "the same through the network"],
    ["clean.wav", joined("clean"), "and as they should be"],
    [
      "model.safetensors",
      saveDenoiser(net, sampleRate),
      `the weights; atrous apply runs them over WAVs at ${sampleRate} Hz`,
    ],
    ["report.html", page, "waveforms, spectrograms, sound and the loss curve: open it in a browser"],
  ];
  for (const [name, content, what] of files) {
    const path = join(folder, name);
    writeFileSync(path, content);
    say(`  ${path.padEnd(folder.length + 20)} ${what}`);
  }
}

/** An example and what became of it: SI-SDR before, and how much it rose, in dB. */
type Result = Example & { readonly denoised: Float32Array; readonly before: number; readonly gain: number };

const curve = (values: readonly number[]) => ({ steps: values.map((_, i) => i + 1), values });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One digit, and no minus before a zero. */
function decibels(value: number, plus = ""): string {
  const rounded = Math.round(10 * value) / 10 + 0; // + 0 makes 0 of −0
  return `${rounded >= 0 ? plus : ""}${rounded.toFixed(1)} dB`;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
