import { show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { decode, storedTensor } from "../bytes/elements.ts";
import { checkBytes, type Fail, failing } from "../bytes/fail.ts";
import { type Metadata, R_MARK, R_OBJECT, readHeader } from "./header.ts";

const reader = "safetensors";
const fail: Fail = failing(reader);

/**
 * The tensors of a safetensors file, in the order of its header. Floats of 16 and 8 bits arrive as float32, booleans and integers of
 * 8 and 16 bits as int32, unsigned ones of 32 and 64 bits as int64. A file of R torch (its metadata has `__r__`) also carries a
 * serialised R object, `__robj__`, which is left out.
 *
 * What needs no conversion is not copied: such tensors share the memory of `bytes`, which must not be changed afterwards.
 *
 * @throws FormatError
 */
export function readSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const { entries, metadata, data } = readHeader(checkBytes(reader, bytes), fail);
  const tensors = new Map<string, Tensor>();
  for (const [name, { type, shape, start, end }] of entries) {
    if (name === R_OBJECT && metadata.has(R_MARK)) continue;
    const value = decode(type, data.subarray(start, end), (problem) => fail(`tensor ${show(name)}: ${problem}`));
    tensors.set(name, storedTensor(type, value, shape));
  }
  return tensors;
}

/**
 * The `__metadata__` of a safetensors file; empty where it has none.
 *
 * @throws FormatError
 */
export const readSafetensorsMetadata = (bytes: Uint8Array): Metadata =>
  Object.fromEntries(readHeader(checkBytes(reader, bytes), fail).metadata);
