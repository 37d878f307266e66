/**
 * The element types of files, and what becomes of them in memory: what a `DType` holds exactly is widened to it, the rest is refused.
 */
import { allocate, type DType, type TypedArray } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import { makeLeaf, type Tensor } from "../../graph/tensor.ts";
import type { Fail } from "./fail.ts";
import { BRAIN, E4M3, E5M2, HALF, narrowed, widened } from "./halfFloats.ts";

/** An element type of a file, under PyTorch's name. */
export type FileDType = keyof typeof elements;

interface Element {
  /** Bytes of one element. */
  readonly bytes: number;
  /** What it becomes in memory. */
  readonly dtype: DType;
  readonly read: (view: DataView, at: number, little: boolean) => number | bigint;
  readonly write: (view: DataView, at: number, value: never) => void;
}

const element = <T extends number | bigint>(
  bytes: number,
  dtype: DType,
  read: (view: DataView, at: number, little: boolean) => T,
  write: (view: DataView, at: number, value: T) => void,
): Element => ({ bytes, dtype, read, write });

const [half, brain, e5m2, e4m3] = [HALF, BRAIN, E5M2, E4M3].map((layout) => ({
  read: (bits: number) => widened(layout)[bits]!,
  write: (value: number) => narrowed(value, layout),
})) as [Narrow, Narrow, Narrow, Narrow];
type Narrow = { readonly read: (bits: number) => number; readonly write: (value: number) => number };

const elements = {
  float64: element(
    8,
    "float64",
    (v, at, little) => v.getFloat64(at, little),
    (v, at, x) => v.setFloat64(at, x, true),
  ),
  float32: element(
    4,
    "float32",
    (v, at, little) => v.getFloat32(at, little),
    (v, at, x) => v.setFloat32(at, x, true),
  ),
  float16: element(
    2,
    "float32",
    (v, at, little) => half.read(v.getUint16(at, little)),
    (v, at, x) => v.setUint16(at, half.write(x), true),
  ),
  bfloat16: element(
    2,
    "float32",
    (v, at, little) => brain.read(v.getUint16(at, little)),
    (v, at, x) => v.setUint16(at, brain.write(x), true),
  ),
  float8_e5m2: element(
    1,
    "float32",
    (v, at) => e5m2.read(v.getUint8(at)),
    (v, at, x) => v.setUint8(at, e5m2.write(x)),
  ),
  float8_e4m3fn: element(
    1,
    "float32",
    (v, at) => e4m3.read(v.getUint8(at)),
    (v, at, x) => v.setUint8(at, e4m3.write(x)),
  ),
  int64: element(
    8,
    "int64",
    (v, at, little) => v.getBigInt64(at, little),
    (v, at, x) => v.setBigInt64(at, x, true),
  ),
  uint64: element(
    8,
    "int64",
    (v, at, little) => v.getBigUint64(at, little),
    (v, at, x) => v.setBigUint64(at, x, true),
  ),
  int32: element(
    4,
    "int32",
    (v, at, little) => v.getInt32(at, little),
    (v, at, x) => v.setInt32(at, x, true),
  ),
  uint32: element(
    4,
    "int64",
    (v, at, little) => BigInt(v.getUint32(at, little)),
    (v, at, x) => v.setUint32(at, Number(x), true),
  ),
  int16: element(
    2,
    "int32",
    (v, at, little) => v.getInt16(at, little),
    (v, at, x) => v.setInt16(at, x, true),
  ),
  uint16: element(
    2,
    "int32",
    (v, at, little) => v.getUint16(at, little),
    (v, at, x) => v.setUint16(at, x, true),
  ),
  int8: element(
    1,
    "int32",
    (v, at) => v.getInt8(at),
    (v, at, x) => v.setInt8(at, x),
  ),
  uint8: element(
    1,
    "int32",
    (v, at) => v.getUint8(at),
    (v, at, x) => v.setUint8(at, x),
  ),
  bool: element(
    1,
    "int32",
    (v, at) => (v.getUint8(at) === 0 ? 0 : 1),
    (v, at, x) => v.setUint8(at, x),
  ),
} as const satisfies Record<string, Element>;

export const isFileDType = (name: unknown): name is FileDType =>
  typeof name === "string" && Object.hasOwn(elements, name);

export const bytesPerElement = (type: FileDType): number => elements[type].bytes;

/** The element type in memory. */
export const memoryDType = (type: FileDType): DType => elements[type].dtype;

/** Whether this machine keeps numbers as files do. All that run JavaScript today do. */
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The elements in `bytes`, whose number must be whole. Where the file has them as memory does, and aligned, the result is a view of
 * `bytes`; otherwise a copy.
 *
 * @throws through `fail` for a uint64 beyond int64
 */
export function decode(type: FileDType, bytes: Uint8Array, fail: Fail, little = true): TypedArray {
  const { bytes: step, dtype, read } = elements[type];
  const count = bytes.length / step;
  if ((type as string) === dtype && little && littleEndian) return sameLayout(dtype, bytes, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const value = allocate(dtype, count);
  for (let i = 0; i < count; i++) value[i] = read(view, i * step, little);
  if (type === "uint64" && (value as BigInt64Array).some((number) => number < 0n))
    fail("a uint64 is larger than 2^63 − 1, the largest int64");
  return value;
}

function sameLayout(dtype: DType, bytes: Uint8Array, count: number): TypedArray {
  const { bytes: step } = elements[dtype];
  const aligned = bytes.byteOffset % step === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset } = aligned;
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, byteOffset, count);
    case "float64":
      return new Float64Array(buffer, byteOffset, count);
    case "int32":
      return new Int32Array(buffer, byteOffset, count);
    case "int64":
      return new BigInt64Array(buffer, byteOffset, count);
  }
}

/** The numbers as a file of that element type has them, little-endian. `value` is of the type's memory dtype. */
export function encode(type: FileDType, value: TypedArray): Uint8Array {
  const { bytes: step, dtype, write } = elements[type];
  if ((type as string) === dtype && littleEndian)
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const bytes = new Uint8Array(value.length * step);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < value.length; i++) write(view, i * step, value[i] as never);
  return bytes;
}

/** What tensors were in the files they came from. */
const stored = new WeakMap<Tensor, FileDType>();

/** A tensor of numbers from a file, which is written again as what it was there. */
export function storedTensor(type: FileDType, value: TypedArray, shape: Shape): Tensor {
  const tensor = makeLeaf(value, shape, memoryDType(type));
  if ((type as string) !== tensor.dtype) stored.set(tensor, type);
  return tensor;
}

/**
 * The element type of `tensor` in the file it was read from, such as `"float16"` for what is a float32 in memory; otherwise its own.
 * Writers use it, so that a file converted keeps its types.
 */
export const fileDType = (tensor: Tensor): FileDType => stored.get(tensor) ?? tensor.dtype;
