import { OptionTypeError } from "../../core/errors.ts";
import { checkBoolean, checkOptions, show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkBytes, type Fail, failing } from "../bytes/fail.ts";
import { readMindSpore } from "../mindspore/mindspore.ts";
import { readNpz } from "../numpy/npz.ts";
import { decodeModel } from "../onnx/proto/index.ts";
import { readSafetensors, readSafetensorsMetadata } from "../safetensors/read.ts";
import { readTorch } from "../torch/read.ts";
import { foreignKind } from "./foreign.ts";
import { belowPrefix, withoutWrappers } from "./prefixes.ts";
import { withoutSlots } from "./slots.ts";
import { type FileKind, fileKind } from "./sniff.ts";
import { type Unwrapped, unwrap } from "./unwrap.ts";
import { foldedWeightNorm } from "./weightNorm.ts";

export interface StateDictOptions {
  /**
   * Which part of the file: a key of a dict in it, `"generator"`, the beginning of names, `"decoder."`, or both,
   * `"generator.decoder"`. Of what is found by the beginning of names the rest is kept as it is; `""` keeps all names as they are.
   */
  prefix?: string;
  /** Memory for numbers that must be converted or inflated; see `readTorch` and `readNpz`. */
  maxBytes?: number;
  /** Puts weights together that a weight norm has taken apart. Default true. */
  foldWeightNorm?: boolean;
}

/**
 * The weights of a model, for `net.loadStateDict`, out of a file of any kind: of PyTorch (a state dict, a checkpoint with one in it, or
 * TorchScript), safetensors, of MindSpore, .npz, or the initializers of an ONNX model. What kind it is, its bytes say.
 *
 * - A checkpoint is searched for its model: the first of the keys `state_dict`, `model_state_dict`, `model`, `net`, `network`,
 *   `generator`, `module`, `params`, `parameters`, `weights`, `ema`, … that holds tensors, else the only dict that does. Optimisers,
 *   and values that are no tensors, are left out.
 * - `module.`, `_orig_mod.`, `model.`, `generator.`, `net.`, `network.` and `state_dict.` are taken off names where all have them.
 * - Weight norm of both styles (`weight_g` and `weight_v`; `parametrizations.weight.original0` and `original1`) is folded into the
 *   weight.
 *
 * The order is that of the file. Numbers that need no conversion are views of `bytes`, which must not be changed afterwards.
 *
 * @throws FormatError, which says what there is where no one model is found; OptionTypeError, OptionError
 */
export function readStateDict(bytes: Uint8Array, options: StateDictOptions = {}): Map<string, Tensor> {
  const fail = failing("readStateDict");
  checkOptions("readStateDict", options, ["prefix", "maxBytes", "foldWeightNorm"]);
  const { prefix, maxBytes, foldWeightNorm = true } = options;
  checkBoolean("readStateDict", "foldWeightNorm", foldWeightNorm);
  if (prefix !== undefined && typeof prefix !== "string")
    throw new OptionTypeError(`readStateDict: prefix must be a string, got ${show(prefix)}`);
  const plain = checkBytes("readStateDict", bytes);
  const wanted = prefix?.replace(/\.$/, "") ?? "";
  const read = readers[fileKind(plain) ?? "unknown"](
    plain,
    { prefix: wanted, limit: maxBytes === undefined ? {} : { maxBytes } },
    fail,
  );
  if (read.tensors.size === 0) fail("there are no tensors in the file");
  const named = read.prefix
    ? belowPrefix(read.tensors, read.prefix, fail, read.passedOver)
    : prefix === ""
      ? read.tensors
      : withoutWrappers(read.tensors);
  return foldWeightNorm ? foldedWeightNorm(named) : new Map(named);
}

interface Wanted {
  readonly prefix: string;
  readonly limit: { readonly maxBytes?: number };
}

type Read = (bytes: Uint8Array, wanted: Wanted, fail: Fail) => Unwrapped;

/** A format that has nothing but tensors under names. */
const flat =
  (read: (bytes: Uint8Array, limit: Wanted["limit"]) => ReadonlyMap<string, Tensor>): Read =>
  (bytes, { prefix, limit }) => ({ tensors: read(bytes, limit), prefix });

const refused =
  (problem: string): Read =>
  (_bytes, _wanted, fail) =>
    fail(problem);

const readers: Readonly<Record<FileKind | "unknown", Read>> = {
  torch: (bytes, { prefix, limit }, fail) => unwrap(readTorch(bytes, limit), prefix, fail),
  safetensors: flat((bytes) =>
    readSafetensorsMetadata(bytes).format === "ms" ? withoutSlots(readMindSpore(bytes)) : readSafetensors(bytes),
  ),
  mindspore: flat((bytes) => withoutSlots(readMindSpore(bytes))),
  npz: flat(readNpz),
  onnx: flat((bytes) => decodeModel(bytes, {}, "readStateDict").graph.initializers),
  npy: refused("the file is one array without a name (.npy); readNpy reads it"),
  nam: refused("the file is of the neural amp modeler (.nam); importNam makes the network of it"),
  wav: refused("the file is a sound (.wav); readWav reads it"),
  unknown: (bytes, _wanted, fail) =>
    fail(
      `the file is of no kind that is read here: ${foreignKind(bytes)}. Read are files of PyTorch (.pt, .pth, .ckpt), safetensors, of MindSpore (.ckpt), NumPy (.npz) and ONNX`,
    ),
};
