import { basename } from "node:path";
import { FormatError } from "../core/errors.ts";
import { foreignKind } from "../io/stateDict/foreign.ts";
import { fileKind } from "../io/stateDict/sniff.ts";
import { type Command, integerOption, numberOption, parse, UsageError } from "./command.ts";
import { naming } from "./files/named.ts";
import { readBytes } from "./files/readBytes.ts";
import { kindNames } from "./inspect/inspection.ts";
import { jsonText } from "./inspect/json.ts";
import { readerOf } from "./inspect/readers.ts";
import { bytesText, printable } from "./inspect/words.ts";

export const inspect: Command = {
  name: "inspect",
  summary: "Shows what is in a file: weights, networks, recordings.",
  usage: `atrous inspect FILE [options]

  FILE         of PyTorch, safetensors, MindSpore, NumPy (.npy, .npz), ONNX, the neural amp modeler (.nam), or a WAV file.
               What it is, its bytes say; the name does not matter.

Of tensors it shows shape, element type in the file, and what their numbers are like; of networks every layer with its cost, the
receptive field and the latency; of recordings how long and how loud they are.

Options:
  --length L   samples that a network is given (default: what the file says, else 4096)
  --rate HZ    samples per second, for costs and times (default: what the file says)
  --prefix P   only tensors, or layers, whose names begin with P
  --json       prints everything as one JSON object; NaN and infinities are strings there`,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, {
    length: { type: "string" },
    rate: { type: "string" },
    prefix: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  });
  const [path] = positionals;
  if (!path || positionals.length > 1) throw new UsageError("inspect needs exactly one file");
  const length = values.length === undefined ? null : integerOption("length", values.length, 1, 2 ** 28);
  const rate = values.rate === undefined ? null : numberOption("rate", values.rate, 1e-6, 1e12);
  const bytes = readBytes(path);
  const kind = naming(path, () => fileKind(bytes) ?? unknown(bytes));
  const read = await readerOf(kind);
  const { data, lines } = naming(path, () => read(bytes, { path, length, rate, prefix: values.prefix }));
  if (values.json) return say(jsonText({ file: path, kind, size: bytes.length, ...data }));
  const width = process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
  say([`${printable(basename(path))}: ${kindNames[kind]}, ${bytesText(bytes.length)}`, "", ...lines(width)].join("\n"));
}

function unknown(bytes: Uint8Array): never {
  throw new FormatError(
    `the file is of no kind that is read here: ${foreignKind(bytes)}. Read are files of PyTorch (.pt, .pth, .ckpt), safetensors, MindSpore (.ckpt), NumPy (.npy, .npz), ONNX, the neural amp modeler (.nam), and WAV`,
  );
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
