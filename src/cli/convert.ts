import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Command, UsageError } from "./command.ts";
import type { convertNetwork } from "./convert/network.ts";
import { type Request, readRequest } from "./convert/request.ts";
import { readSource } from "./convert/source.ts";
import { tensorTargets } from "./convert/targets.ts";
import { widened } from "./convert/widened.ts";
import { naming } from "./files/named.ts";
import { readBytes } from "./files/readBytes.ts";
import { writeBytes } from "./files/writeBytes.ts";
import { jsonText } from "./inspect/json.ts";
import { counted, grouped } from "./inspect/words.ts";

export const convert: Command = {
  name: "convert",
  summary: "Writes the weights of a file, or its network, in another format.",
  usage: `atrous convert FROM TO [options]

  FROM         any file that "atrous inspect" shows, except recordings
  TO           ends in .safetensors, .pt or .pth (PyTorch), .ckpt (MindSpore), .npz, or .npy (one tensor);
               in .onnx, from .onnx or .nam; in .nam, from .nam

Names, shapes and numbers stay as they are, to the last bit; element types, where the new format has them.

Options:
  --prefix P   only the part of the file below P, a key of a checkpoint or the beginning of names
  --fold       takes prefixes of wrappers (module., _orig_mod., …) off the names, and folds weight norm into weights
  --shape S    of an example of the network's input, such as 1,1,4096 (.onnx)
  --for-r      torch_load of R torch shall take the file (.safetensors)
  --crc        with a checksum (.ckpt)
  --layers K   nn (default) or mint: whose layers the weights are for (.ckpt)
  --force      replaces TO if it exists
  --json       prints the figures as one JSON object`,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  checkTarget(request);
  const given = readBytes(request.source);
  // With the backends, which tensors do without.
  const byNetwork = ["onnx", "nam"].includes(request.kind)
    ? (await import("./convert/network.ts")).convertNetwork
    : null;
  const { bytes, tensors, notes } = naming(request.source, () => converted(given, request, byNetwork));
  writeBytes(request.target, bytes);
  for (const note of notes) process.stderr.write(`${note}\n`);
  const figures = {
    source: request.source,
    target: request.target,
    tensors,
    bytesIn: given.length,
    bytesOut: bytes.length,
  };
  const line = `${request.target}: ${counted(tensors, "tensor")}, ${grouped(given.length)} bytes in, ${grouped(bytes.length)} bytes out`;
  process.stdout.write(`${request.json ? jsonText({ ...figures, notes }) : line}\n`);
}

interface Result {
  readonly bytes: Uint8Array;
  readonly tensors: number;
  /** Sentences about what could not stay as it was. */
  readonly notes: readonly string[];
}

function converted(given: Uint8Array, request: Request, byNetwork: typeof convertNetwork | null): Result {
  if (byNetwork) return { ...byNetwork(given, request), notes: [] };
  const target = tensorTargets[request.kind as keyof typeof tensorTargets];
  const source = readSource(given, request);
  const bytes = target.write(source.tensors, request, source);
  const notes = widened(target, request, source).map(
    ([from, to]) => `${from} is written as ${to}: the format has no ${from}`,
  );
  if (source.leftOut !== null) notes.push(`left out: ${source.leftOut}`);
  if (source.metadata.size > 0 && !target.keepsMetadata)
    notes.push("left out: the metadata, for which the format has no place");
  return { bytes, tensors: source.tensors.size, notes };
}

/** What must not cost a computation first. */
function checkTarget({ source, target, force }: Request): void {
  if (!existsSync(dirname(resolve(target)))) throw new UsageError(`${target}: there is no such folder to write to`);
  if (!existsSync(target)) return;
  const [from, to] = [statSync(source), statSync(target)];
  if (to.isDirectory()) throw new UsageError(`${target} is a folder`);
  if (from.dev === to.dev && from.ino === to.ino)
    throw new UsageError(`${target} is the file that is read; give another name`);
  if (!force) throw new UsageError(`${target} exists; --force replaces it`);
}
