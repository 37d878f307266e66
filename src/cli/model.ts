import { FormatError } from "../core/errors.ts";
import { foreignKind } from "../io/stateDict/foreign.ts";
import { type FileKind, fileKind } from "../io/stateDict/sniff.ts";
import type { Network } from "../nn/trace.ts";
import { loadDenoiser } from "./denoiser/file.ts";
import { naming } from "./files/named.ts";
import { readBytes } from "./files/readBytes.ts";
import { kindNames } from "./inspect/inspection.ts";

/** What can be run over a recording. */
export interface Model {
  /** One channel in, one channel of the same length out. */
  readonly network: Network;
  /** Samples per second of what it was trained on. */
  readonly sampleRate: number;
}

/**
 * The model in a file: of `atrous train`, of the neural amp modeler, or an ONNX network. `rate` is for those that do not say theirs.
 * What only they need is loaded for them alone: the denoiser is to start at once.
 *
 * @throws FormatError naming `path`
 */
export async function readModel(path: string, rate: number | null): Promise<Model> {
  const bytes = readBytes(path);
  const kind = fileKind(bytes);
  if (kind === "onnx") {
    const { loadOnnx } = await import("./onnx/load.ts");
    return naming(path, () => loadOnnx(bytes, path, rate));
  }
  if (kind === "nam") {
    const { importNam } = await import("../io/nam/importNam.ts");
    const network = naming(path, () => importNam(bytes).eval());
    return { network, sampleRate: checked(path, network.sampleRate, rate) };
  }
  if (kind !== "safetensors") throw new FormatError(`${path}: ${notOurs(kind, bytes)}`);
  const { net, sampleRate } = loadDenoiser(bytes, path);
  return { network: net, sampleRate: checked(path, sampleRate, rate) };
}

/** What the file is instead of a model, in a sentence, and what would be one. */
function notOurs(kind: FileKind | null, bytes: Uint8Array): string {
  const models = 'a model is what "atrous train" wrote, an ONNX network, or a .nam';
  if (kind === null) return `the file is no model: ${foreignKind(bytes)}; ${models}`;
  const has =
    kind === "wav" ? "is a recording" : `(${kindNames[kind]}) has weights, but not the network that they are for`;
  return `the file ${has}; ${models}`;
}

function checked(path: string, own: number, rate: number | null): number {
  if (rate === null || rate === own) return own;
  throw new FormatError(`${path} is for ${own} Hz; --rate is for networks that do not say theirs, and says ${rate}`);
}
