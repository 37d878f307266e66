import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FormatError } from "../core/errors.ts";
import { writeWav } from "../io/wav.ts";
import { type Command, parse, UsageError } from "./command.ts";
import { denoise } from "./denoiser/denoise.ts";
import { loadDenoiser } from "./denoiser/file.ts";
import { startProgress } from "./progress.ts";
import { readRecording } from "./recordings.ts";

export const apply: Command = {
  name: "apply",
  summary: "Runs a trained model over a WAV file.",
  usage: `atrous apply MODEL.safetensors IN.wav OUT.wav

  MODEL.safetensors  what "atrous train" wrote
  IN.wav             at the rate of the model; any number of channels, each is processed by itself
  OUT.wav            16-bit PCM at the same rate

Options:
  --float            writes 32-bit float samples instead of 16-bit PCM`,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, { float: { type: "boolean", default: false } });
  const [model, input, output] = positionals;
  if (!model || !input || !output || positionals.length > 3)
    throw new UsageError("apply needs exactly three files: MODEL.safetensors IN.wav OUT.wav");
  if (resolve(model) === resolve(output)) throw new UsageError(`${output} is the model; give OUT.wav another name`);
  if (!existsSync(dirname(resolve(output)))) throw new UsageError(`${output}: there is no such folder to write to`);
  const { net, sampleRate } = loadDenoiser(readFileSync(model), model);
  const recording = readRecording(input);
  if (recording.sampleRate !== sampleRate)
    throw new FormatError(
      `${input} has ${recording.sampleRate} Hz; ${model} was trained at ${sampleRate} Hz. Convert it first, for example with: sox ${input} -r ${sampleRate} converted.wav`,
    );
  const begun = performance.now();
  const progress = startProgress("denoising", recording.channels.length);
  const channels = recording.channels.map((channel, c) => {
    const denoised = denoise(net, channel);
    progress.update(c + 1);
    return denoised;
  });
  progress.finish();
  const clipped = values.float
    ? 0
    : channels.reduce((sum, channel) => sum + channel.filter((sample) => Math.abs(sample) > 1).length, 0);
  if (clipped > 0) process.stderr.write(`${clipped} samples exceed full scale and are clipped; --float keeps them\n`);
  const took = (performance.now() - begun) / 1000;
  const encoding = values.float ? "float32" : "pcm16";
  writeFileSync(output, writeWav({ sampleRate, channels }, { encoding }));
  const seconds = (recording.channels[0]?.length ?? 0) / sampleRate;
  process.stdout.write(
    `${output}: ${seconds.toFixed(2)} s, ${channels.length} channel${channels.length === 1 ? "" : "s"}, computed in ${took.toFixed(2)} s; latency when live: ${net.lookahead} samples (${((1000 * net.lookahead) / sampleRate).toFixed(1)} ms)\n`,
  );
}
