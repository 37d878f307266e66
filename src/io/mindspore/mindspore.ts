/** MindSpore's files: `.ckpt`, which is protobuf, and its safetensors. */
import { OptionError } from "../../core/errors.ts";
import { checkBoolean, checkOptions, show } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { bytesPerElement, decode, encode, fileDType, storedTensor } from "../bytes/elements.ts";
import { checkBytes, type Fail, failing } from "../bytes/fail.ts";
import { checkNamed, type NamedTensors, numbersOf } from "../bytes/named.ts";
import { elementCount } from "../bytes/shape.ts";
import { looksLikeSafetensors } from "../safetensors/header.ts";
import { readSafetensors } from "../safetensors/read.ts";
import { decodeCheckpoint, encodeCheckpoint, RANDOM_OP, type StoredValue } from "./checkpoint.ts";
import { isKnown } from "./elementTypes.ts";
import { namesForMindSpore, namesFromMindSpore } from "./names.ts";
import { fillTrailer, TRAILER_BYTES, withoutTrailer } from "./trailer.ts";

/**
 * The parameters of a MindSpore checkpoint, `.ckpt` or `.safetensors`, in its order, under the names and with the shapes that they have
 * in PyTorch and here:
 *
 * - Weights of `nn.Conv1d` and `nn.Conv1dTranspose`, which are (o, i, 1, k) in MindSpore, lose the axis of one: what has four axes, the
 *   third of length 1, and a name that ends in `weight`.
 * - `gamma`, `beta`, `moving_mean`, `moving_variance` of one layer become `weight`, `bias`, `running_mean`, `running_var`.
 *
 * Whatever else is in the file, such as the state of an optimiser, comes as it is. Strings (of `append_dict`) and the state of random
 * operations are no tensors and are left out. A checksum is verified where a `.ckpt` has one.
 *
 * @throws FormatError, also for encrypted files and map parameters
 */
export function readMindSpore(bytes: Uint8Array): Map<string, Tensor> {
  const fail = failing("readMindSpore");
  const plain = checkBytes("readMindSpore", bytes);
  return looksLikeSafetensors(plain) ? fromSafetensors(plain) : fromCheckpoint(withoutTrailer(plain, fail), fail);
}

function fromSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const tensors = readSafetensors(bytes);
  const names = namesFromMindSpore(new Map(Array.from(tensors, ([tag, { shape }]) => [tag, shape])));
  return new Map(
    Array.from(tensors, ([tag, tensor]) => {
      const shape = squeezed(tag, tensor.shape);
      const same = shape === tensor.shape;
      return [names.get(tag)!, same ? tensor : storedTensor(fileDType(tensor), numbersOf(tensor), shape)];
    }),
  );
}

function fromCheckpoint(bytes: Uint8Array, fail: Fail): Map<string, Tensor> {
  // Every checkpoint starts with field 1 of type bytes.
  if (bytes[0] !== 0x0a)
    fail(
      bytes.length === 0
        ? "the file is empty"
        : "these are not the bytes of a checkpoint; they may be encrypted: save it again without enc_key",
    );
  const values = decodeCheckpoint(bytes, fail);
  const translated = values.filter(({ kept }) => !kept.name);
  const names = namesFromMindSpore(new Map(translated.map(({ tag, dims }) => [tag, dims])));
  const tensors = new Map<string, Tensor>();
  for (const value of values) {
    const name = names.get(value.tag) ?? value.tag;
    if (tensors.has(name)) fail(`two parameters would be called ${show(name)}`);
    tensors.set(
      name,
      toTensor(value, (problem) => fail(`parameter ${show(value.tag)}: ${problem}`)),
    );
  }
  return tensors;
}

function toTensor({ tag, dims, type, parts, kept }: StoredValue, fail: Fail): Tensor {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const step = bytesPerElement(type);
  // Scalars of append_dict have had the shape [0].
  const shape = String(dims) === "0" && length === step ? [] : dims;
  const expected = elementCount(shape, fail) * step;
  if (length !== expected)
    fail(`shape [${shape.join(", ")}] of ${type} takes ${expected} bytes, but there are ${length}`);
  return storedTensor(type, decode(type, joined(parts, length), fail), kept.shape ? shape : squeezed(tag, shape));
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whether a parameter of MindSpore looks like the weight of a convolution over time, which is one over an image of height 1. */
const isConvolution = (tag: string, shape: Shape): boolean =>
  shape.length === 4 && shape[2] === 1 && tag.endsWith("weight");

const squeezed = (tag: string, shape: Shape): Shape => (isConvolution(tag, shape) ? shape.toSpliced(2, 1) : shape);

/**
 * A MindSpore checkpoint, `.ckpt`, for `mindspore.load_checkpoint` and `load_param_into_net`. `readMindSpore` gives back exactly what was
 * written: names, shapes and numbers.
 *
 * `layers` says whose layers the parameters are for. `"nn"` (default), those of `mindspore.nn`: tensors of three axes whose names end in
 * `weight` get the axis of length 1 that their convolutions have, (o, i, k) → (o, i, 1, k); layers with running statistics, and those
 * that are only a `weight` and a `bias` of one shape, get the names `gamma`, `beta`, `moving_mean`, `moving_variance`. `"mint"`, those of
 * `mindspore.mint.nn`, which have the names and shapes of PyTorch: nothing is changed. `num_batches_tracked` is written, too;
 * `mindspore.nn` has none, and MindSpore says that it was not used.
 *
 * `crc`: with the checksum that `load_checkpoint(crc_check=True)` looks at; default false. Tensors are written with the element types of
 * the files they came from; float8, which MindSpore's checkpoints have not, as float32.
 *
 * @throws OptionTypeError, OptionError, DTypeError
 */
export function writeMindSpore(
  tensors: NamedTensors,
  options: { layers?: "nn" | "mint"; crc?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  checkOptions("writeMindSpore", options, ["layers", "crc"]);
  const { layers = "nn", crc = false } = options;
  if (layers !== "nn" && layers !== "mint")
    throw new OptionError(`writeMindSpore: layers must be "nn" or "mint", got ${show(layers)}`);
  checkBoolean("writeMindSpore", "crc", crc);
  const named = checkNamed("writeMindSpore", tensors);
  const shapes = new Map(Array.from(named, ([name, { shape }]) => [name, shape]));
  const { names, kept } = namesForMindSpore(shapes, layers === "nn");
  const values = Array.from(named, ([name, tensor]): StoredValue => {
    const { shape } = tensor;
    const tag = names.get(name)!;
    const unsqueezed = layers === "nn" && shape.length === 3 && tag.endsWith("weight");
    const dims = unsqueezed ? shape.toSpliced(2, 0, 1) : shape;
    const stored = fileDType(tensor);
    const type = isKnown(stored) ? stored : tensor.dtype;
    return {
      tag,
      dims,
      type,
      parts: [encode(type, numbersOf(tensor))],
      kept: { name: kept.has(name) || name === RANDOM_OP, shape: !unsqueezed && isConvolution(tag, shape) },
    };
  });
  const file = encodeCheckpoint(values, crc ? TRAILER_BYTES : 0);
  if (crc) fillTrailer(file);
  return file;
}
