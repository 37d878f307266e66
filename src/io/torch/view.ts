import { showShape, stridesOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { bytesPerElement, decode, type FileDType, memoryDType, storedTensor } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";
import { gather } from "../bytes/gather.ts";
import { elementCount } from "../bytes/shape.ts";
import type { Spend } from "./budget.ts";
import type { Storage } from "./storage.ts";

/** Which numbers of a storage a tensor has, as a file declares it: non-negative integers, of which nothing else is known. */
export interface TensorLayout {
  readonly storage: Storage;
  readonly type: FileDType;
  /** The first element, counted in elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * The tensor of a layout. A contiguous one shares memory with the file, or with all others of its storage where the numbers have to be
 * converted. Any other is gathered, which the budget has to allow: a stride of 0 makes any size out of four bytes.
 */
export function tensorView(layout: TensorLayout, spend: Spend, fail: Fail): Tensor {
  const { storage, type, offset, strides } = layout;
  const shape = layout.shape.slice();
  if (shape.length !== strides.length)
    fail(`a tensor has ${shape.length} lengths and ${strides.length} strides, which should be as many`);
  const count = elementCount(shape, fail);
  if (count === 0) return storedTensor(type, decode(type, new Uint8Array(0), fail), shape);

  const step = bytesPerElement(type);
  const numel = Math.floor(storage.bytes.length / step);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
  if (last >= numel)
    fail(
      `a tensor of shape ${showShape(shape)}, strides ${showShape(strides)} and offset ${offset} reaches to element ${last} ` +
        `of a storage of ${numel} ${type}`,
    );
  const contiguous = stridesOf(shape);
  if (shape.every((length, axis) => length === 1 || strides[axis] === contiguous[axis])) {
    const all = decoded(storage, type, numel, spend, fail);
    return storedTensor(type, all.subarray(offset, offset + count), shape);
  }
  spend(count * bytesPerElement(memoryDType(type)));
  const gathered = gather(storage.bytes, step, offset, shape, strides, count);
  return storedTensor(type, decode(type, gathered, fail, storage.little), shape);
}

function decoded(storage: Storage, type: FileDType, numel: number, spend: Spend, fail: Fail) {
  const known = storage.decoded.get(type);
  if (known) return known;
  const { bytes, little } = storage;
  const step = bytesPerElement(type);
  const inPlace = type === memoryDType(type) && little && bytes.byteOffset % step === 0;
  if (!inPlace) spend(numel * bytesPerElement(memoryDType(type)));
  const value = decode(type, bytes.subarray(0, numel * step), fail, little);
  storage.decoded.set(type, value);
  return value;
}
