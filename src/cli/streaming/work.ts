import { writeFileSync } from "node:fs";
import "../../index.ts";
import { FormatError } from "../../core/errors.ts";
import { writeWav } from "../../io/wav.ts";
import { portable, stream } from "../../stream/index.ts";
import { readModel } from "../model.ts";
import { type Recording, readRecording } from "../recordings.ts";
import type { Crew } from "./crew.ts";
import { type Figures, planText, sentence } from "./figures.ts";
import { here } from "./here.ts";
import { onCrew } from "./onCrew.ts";
import { partsOf } from "./plan.ts";
import type { Request } from "./request.ts";
import { secondsProgress } from "./secondsProgress.ts";
import type { Preparation } from "./worker.ts";

/** What `atrous apply` does, on a crew or in this thread. */
export async function work(request: Request, crew: Crew | null): Promise<void> {
  const { block, shards, shard } = request;
  const model = await readModel(request.model, request.rate);
  const network = portable(model.network);
  crew?.tell({ network, block } satisfies Preparation);
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
    ? await onCrew(crew, network, channels, parts, progress.add)
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

function checkRate({ model, input }: Request, recording: Recording, sampleRate: number): void {
  if (recording.sampleRate === sampleRate) return;
  throw new FormatError(
    `${input} has ${recording.sampleRate} Hz; ${model} was trained at ${sampleRate} Hz. Convert it first, for example with: sox ${input} -r ${sampleRate} converted.wav`,
  );
}

function beyondFullScale(channel: Float32Array): number {
  let count = 0;
  for (let t = 0; t < channel.length; t++) if (Math.abs(channel[t]!) > 1) count++;
  return count;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
