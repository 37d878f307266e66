import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { type Command, UsageError } from "./command.ts";
import { Crew } from "./streaming/crew.ts";
import { DEFAULT_BLOCK, type Request, readRequest } from "./streaming/request.ts";

export const apply: Command = {
  name: "apply",
  summary: "Runs a trained model over a WAV file.",
  usage: `atrous apply MODEL IN.wav OUT.wav

  MODEL    what "atrous train" wrote; a model of the neural amp modeler (.nam); or an ONNX network of one channel
  IN.wav   at the rate of the model; any number of channels, each is processed by itself
  OUT.wav  16-bit PCM at the same rate

The signal is streamed, block by block. How it is cut changes no bit of the result.

Options:
  --float            writes 32-bit float samples instead of 16-bit PCM
  --block N          streams blocks of N samples (default: ${DEFAULT_BLOCK})
  --rate HZ          the rate of an ONNX network that does not say it (in its metadata, as sample_rate)
  --shards K         cuts each channel into K parts, computed by as many threads as there are CPU cores
  --shard I/K        computes part I of K alone, 1 to K, and writes only its samples; all K files joined are the whole
  --plan             prints the parts that --shards or --shard mean, as JSON, and computes nothing (without OUT.wav)
  --json             prints the figures as one JSON object`,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  checkOutput(request);
  const crew = request.shards > 1 && request.shard === null && !request.plan ? crewFor(request.shards) : null;
  try {
    // Loaded only now, because threads take as long to start as this to load, and the model and the signal to read.
    const { work } = await import("./streaming/work.ts");
    await work(request, crew);
  } finally {
    await crew?.close();
  }
}

/** Threads for `shards` parts. */
const crewFor = (shards: number): Crew =>
  new Crew(new URL("./streaming/worker.js", import.meta.url), Math.min(availableParallelism(), shards));

/** What must not cost a computation first. */
function checkOutput({ model, output, plan }: Request): void {
  if (output === null || plan) return;
  if (resolve(model) === resolve(output)) throw new UsageError(`${output} is the model; give OUT.wav another name`);
  if (!existsSync(dirname(resolve(output)))) throw new UsageError(`${output}: there is no such folder to write to`);
}
