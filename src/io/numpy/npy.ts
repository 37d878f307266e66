import { DTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { stridesOf } from "../../core/shape.ts";
import { evaluateSync } from "../../graph/evaluate.ts";
import { Tensor } from "../../graph/tensor.ts";
import { bytesPerElement, decode, encode, fileDType, storedTensor } from "../bytes/elements.ts";
import { checkBytes, type Fail, failing } from "../bytes/fail.ts";
import { gather } from "../bytes/gather.ts";
import { numbersOf } from "../bytes/named.ts";
import { elementCount } from "../bytes/shape.ts";
import { makeHeader, numpyType, readHeader } from "./header.ts";

/**
 * The array of an .npy file, such as `np.save` writes. float16 arrives as float32, booleans and integers of 8 and 16 bits as int32,
 * unsigned ones of 32 and 64 bits as int64; other byte and axis orders are turned. What needs none of this is not copied: the
 * tensor then shares the memory of `bytes`, which must not be changed afterwards.
 *
 * @throws FormatError
 */
export const readNpy = (bytes: Uint8Array): Tensor => readArray(checkBytes("readNpy", bytes), failing("readNpy"));

/** The array of an .npy file that may be part of another one. */
export function readArray(bytes: Uint8Array, fail: Fail): Tensor {
  const { type, little, fortranOrder, shape, end } = readHeader(bytes, fail);
  const count = elementCount(shape, fail);
  const step = bytesPerElement(type);
  const size = count * step;
  if (size !== bytes.length - end)
    fail(`shape [${shape.join(", ")}] of ${type} takes ${size} bytes, but ${bytes.length - end} are left in the file`);
  const data = bytes.subarray(end);
  const ordered = fortranOrder ? gather(data, step, 0, shape, fortranStrides(shape), count) : data;
  return storedTensor(type, decode(type, ordered, fail, little), shape);
}

/** How many elements apart the neighbours along each axis are when the first axis is the innermost. */
const fortranStrides = (shape: readonly number[]): number[] => stridesOf(shape.toReversed()).toReversed();

/**
 * An .npy file of the tensor, byte for byte what `np.save` writes. A tensor that was read from a file has its element type of there;
 * bfloat16 and float8, which NumPy does not have, are written as float32.
 *
 * @throws DTypeError
 */
export function writeNpy(tensor: Tensor): Uint8Array<ArrayBuffer> {
  if (!(tensor instanceof Tensor)) throw new DTypeError(`writeNpy: expected a tensor, got ${show(tensor)}`);
  evaluateSync([tensor.node()]);
  const type = numpyType(fileDType(tensor));
  const header = makeHeader(type, tensor.shape);
  const data = encode(type, numbersOf(tensor));
  const file = new Uint8Array(header.length + data.length);
  file.set(header);
  file.set(data, header.length);
  return file;
}
