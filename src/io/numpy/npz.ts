import { checkOptions, show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkBytes, failing } from "../bytes/fail.ts";
import { checkMaxBytes } from "../bytes/maxBytes.ts";
import { checkNamed, type NamedTensors } from "../bytes/named.ts";
import { readZip } from "../zip/read.ts";
import { writeZip } from "../zip/write.ts";
import { readArray, writeNpy } from "./npy.ts";

export interface NpzOptions {
  /** How many bytes compressed arrays may take together. Default: four times the file, at least 256 MiB. */
  maxBytes?: number;
}

/**
 * The arrays of an .npz file, such as `np.savez` and `np.savez_compressed` write, by name, in the order of the file; as `readNpy`
 * reads each. Arrays that are not compressed share the memory of `bytes`, which must not be changed afterwards.
 *
 * @throws FormatError, OptionError
 */
export function readNpz(bytes: Uint8Array, options: NpzOptions = {}): Map<string, Tensor> {
  checkOptions("readNpz", options, ["maxBytes"]);
  const maxBytes = checkMaxBytes("readNpz", options.maxBytes);
  const fail = failing("readNpz");
  const arrays = new Map<string, Tensor>();
  for (const { name, size, read } of readZip(checkBytes("readNpz", bytes), fail, maxBytes).values()) {
    // A folder, which archives have that were packed by hand.
    if (name.endsWith("/") && size === 0) continue;
    if (!name.endsWith(".npy")) fail(`entry ${show(name)} is not an array: its name does not end in .npy`);
    arrays.set(
      name.slice(0, -4),
      readArray(read(), (problem) => fail(`entry ${show(name)}: ${problem}`)),
    );
  }
  return arrays;
}

/**
 * An .npz file of the tensors, in their order, as `np.savez` writes: not compressed. Of each, `writeNpy` says how.
 *
 * @throws OptionTypeError, DTypeError, FormatError
 */
export function writeNpz(tensors: NamedTensors): Uint8Array<ArrayBuffer> {
  const named = checkNamed("writeNpz", tensors);
  return writeZip(Array.from(named, ([name, tensor]) => [`${name}.npy`, writeNpy(tensor)] as const));
}
