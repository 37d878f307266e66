import { accessSync, constants, mkdirSync } from "node:fs";
import "../index.ts";
import { StreamError } from "../core/errors.ts";
import { Generator, manualSeed } from "../core/random/index.ts";
import { type LiveStream, stream } from "../stream/index.ts";
import { type Command, integerOption, numberOption, parse, UsageError } from "./command.ts";
import { defaults, networkAt } from "./denoiser/defaults.ts";
import { MaskNetwork } from "./denoiser/maskNetwork.ts";
import { trainingPairs } from "./denoiser/pairs.ts";
import { keepsakes, parameterCount, write } from "./keepsakes.ts";
import { learn } from "./learning.ts";
import { recordedMaterial, synthesisedMaterial } from "./material.ts";
import { counted, judge, type Result, verdict } from "./results.ts";
import { latencyText } from "./streaming/figures.ts";
import { rehearse } from "./streaming/rehearsal.ts";
import { secondsProgress } from "./streaming/secondsProgress.ts";

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

It writes noisy.wav, denoised.wav and clean.wav (signals it was not trained on), model.safetensors and report.html. Then it streams those
signals in blocks of random lengths, and says whether that gives the same bits, and how late a live result is.
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

  const random = manualSeed(seed);
  const material =
    values.clean === undefined ? synthesisedMaterial(random) : recordedMaterial(random, values.clean, values.noise);
  mkdirSync(values.out, { recursive: true }); // a folder that cannot be made must not cost a training
  accessSync(values.out, constants.W_OK);
  const net = new MaskNetwork(networkAt(material.sampleRate));
  say(
    `A causal convolutional network with ${parameterCount(net)} parameters learns to denoise ${material.source} at ${material.sampleRate} Hz: ${steps} steps, at most ${minutes} min.`,
  );
  const begun = performance.now();
  const losses = await learn(net, trainingPairs({ ...material, ...defaults, random }), steps, minutes);
  const seconds = (performance.now() - begun) / 1000;
  const results = judge(net, material.heldOut);
  say(verdict(results));
  const live = stream(net, { channels: 1 });
  const { latency } = live;
  for (const line of write(values.out, keepsakes({ net, material, losses, seconds, results, latency }))) say(line);
  rehearsed(live, results, new Generator(seed), material.sampleRate);
}

/** Streams what was written, states that it is the same, and how late it is. @throws StreamError if it is not */
function rehearsed(live: LiveStream, results: readonly Result[], random: Generator, sampleRate: number): void {
  const samples = results.reduce((sum, { noisy }) => sum + noisy.length, 0);
  const progress = secondsProgress("streaming", samples, sampleRate);
  const { blocks, difference } = rehearse(live, results, random, progress.add);
  progress.finish();
  const what = `${counted(results)}, streamed again in ${blocks.toLocaleString("en")} blocks of random lengths`;
  if (difference !== null) throw new StreamError(`${what}: not bit-equal to the whole-signal result; ${difference}`);
  say(`${what}: bit-equal to the whole-signal result.`);
  say(`Latency when live: ${latencyText(live.latency, sampleRate)}.`);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
