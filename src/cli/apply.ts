import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FormatError } from "../core/errors.ts";
import { writeWav } from "../io/wav.ts";
import { portable, stream } from "../stream/index.ts";
import { type Command, UsageError } from "./command.ts";
import { readModel } from "./model.ts";
import { type Recording, readRecording } from "./recordings.ts";
import type { Crew } from "./streaming/crew.ts";
import { type Figures, planText, sentence } from "./streaming/figures.ts";
import { here } from "./streaming/here.ts";
import { crewFor, onCrew } from "./streaming/onCrew.ts";
import { partsOf } from "./streaming/plan.ts";
import { type Request, readRequest } from "./streaming/request.ts";
import { secondsProgress } from "./streaming/secondsProgress.ts";
import { BLOCK } from "./streaming/streamPart.ts";

export const apply: Command = {
  name: "apply",
  summary: "Runs a trained model over a WAV file.",
  usage: `atrous apply MODEL.safetensors IN.wav OUT.wav

  MODEL.safetensors  what "atrous train" wrote
  IN.wav             at the rate of the model; any number of channels, each is processed by itself
  OUT.wav            16-bit PCM at the same rate

The signal is streamed, block by block. How it is cut changes no bit of the result.

Options:
  --float            writes 32-bit float samples instead of 16-bit PCM
  --block N          streams blocks of N samples (default: ${BLOCK})
  --shards K         cuts each channel into K parts, computed by as many threads as there are CPU cores
  --shard I/K        computes part I of K alone, 1 to K, and writes only its samples; all K files joined are the whole
  --plan             prints the parts that --shards or --shard mean, as JSON, and computes nothing (without OUT.wav)
  --json             prints the figures as one JSON object`,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  checkOutput(request);
  // Threads take as long to start as the model and the signal to read.
  const crew = request.shards > 1 && request.shard === null && !request.plan ? crewFor(request.shards) : null;
  try {
    await work(request, crew);
  } finally {
    await crew?.close();
  }
}

async function work(request: Request, crew: Crew | null): Promise<void> {
  const { block, shards, shard } = request;
  const model = readModel(request.model);
  const network = portable(model.network);
  const recording = readRecording(request.input);
  checkRate(request, recording, model.sampleRate);
  const { sampleRate, channels } = recording;
  const parts = partsOf(network, channels[0]!.length, shards);
  if (request.plan) return say(planText(recording, parts, shard));

  const chosen = shard === null ? parts : [parts[shard - 1]!];
  const [start, end] = [chosen[0]!.outStart, chosen.at(-1)!.outEnd];
  const live = stream(network);
  const progress = secondsProgress("denoising", (end - start) * channels.length, sampleRate);
  const begun = performance.now();
  const results = crew
    ? await onCrew(crew, network, channels, { shards, block }, progress.add)
    : here(live, channels, chosen[0]!, block, progress.add);
  const computeSeconds = (performance.now() - begun) / 1000;
  progress.finish();

  const output = request.output!;
  const encoding = request.float ? "float32" : "pcm16";
  writeFileSync(output, writeWav({ sampleRate, channels: results }, { encoding }));
  const clipped = request.float ? 0 : results.reduce((sum, channel) => sum + beyondFullScale(channel), 0);
  if (clipped > 0) process.stderr.write(`${clipped} samples exceed full scale and are clipped; --float keeps them\n`);
  const { latency } = live;
  const figures: Figures = {
    ...{ output, sampleRate, channels: channels.length, samples: end - start, start, end, encoding, clipped },
    ...{
      block,
      shards,
      shard,
      workers: crew?.size ?? 1,
      computeSeconds,
      latency,
      latencySeconds: latency / sampleRate,
    },
  };
  say(request.json ? JSON.stringify(figures) : sentence(figures));
}

/** What must not cost a computation first. */
function checkOutput({ model, output, plan }: Request): void {
  if (output === null || plan) return;
  if (resolve(model) === resolve(output)) throw new UsageError(`${output} is the model; give OUT.wav another name`);
  if (!existsSync(dirname(resolve(output)))) throw new UsageError(`${output}: there is no such folder to write to`);
}

function checkRate({ model, input }: Request, recording: Recording, sampleRate: number): void {
  if (recording.sampleRate === sampleRate) return;
  throw new FormatError(
    `${input} has ${recording.sampleRate} Hz; ${model} was trained at ${sampleRate} Hz. Convert it first, for example with: sox ${input} -r ${sampleRate} converted.wav`,
  );
}

function beyondFullScale(channel: Float32Array): number {
  let count = 0;
  for (const sample of channel) if (sample > 1 || sample < -1) count++;
  return count;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
