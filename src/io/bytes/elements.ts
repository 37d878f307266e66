/**
 * The element types of files, and what becomes of them in memory: what a `DType` holds exactly is widened to it, the rest is refused.
 */
import { allocate, type DType, type TypedArray } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import { makeLeaf, type Tensor } from "../../graph/tensor.ts";
import type { Fail } from "./fail.ts";
import { BRAIN, bytesOf, E4M3, E5M2, HALF, narrowed, type SmallFloat, widened } from "./smallFloats.ts";

/** An element type of a file, under PyTorch's name. */
export type FileDType = keyof typeof elements;

interface Element {
  /** Bytes of one element. */
  readonly bytes: number;
  /** What it becomes in memory. */
  readonly dtype: DType;
  /** The numbers in whole elements. */
  readonly decode: (bytes: Uint8Array, little: boolean) => TypedArray;
  readonly encode: (value: TypedArray) => Uint8Array;
}

/** What a DataView calls the layouts of numbers. */
type Layout =
  | "Float64"
  | "Float32"
  | "BigInt64"
  | "BigUint64"
  | "Int32"
  | "Uint32"
  | "Int16"
  | "Uint16"
  | "Int8"
  | "Uint8";

/** Elements laid out in a way that DataView knows, between which and memory a number may be changed. */
function element<T extends number | bigint, U extends number | bigint>(
  layout: Layout,
  dtype: DType,
  widen?: (value: T) => U,
  narrow?: (value: U) => T,
): Element {
  const get = DataView.prototype[`get${layout}`] as (at: number, little: boolean) => T;
  const set = DataView.prototype[`set${layout}`] as (at: number, value: T, little: boolean) => void;
  const step = Number(layout.replace(/\D+/, "")) / 8;
  return {
    bytes: step,
    dtype,
    decode: (bytes, little) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const value = allocate(dtype, bytes.length / step);
      for (let i = 0; i < value.length; i++) {
        const each = get.call(view, i * step, little);
        value[i] = widen ? widen(each) : each;
      }
      return value;
    },
    encode: (value) => {
      const bytes = new Uint8Array(value.length * step);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < value.length; i++) {
        const each = value[i] as unknown;
        set.call(view, i * step, narrow ? narrow(each as U) : (each as T), true);
      }
      return bytes;
    },
  };
}

const small = (float: SmallFloat): Element => ({
  bytes: bytesOf(float),
  dtype: "float32",
  decode: (bytes, little) => widened(float, bytes, little),
  encode: (value) => narrowed(float, value as Float32Array),
});

const elements = {
  float64: element("Float64", "float64"),
  float32: element("Float32", "float32"),
  float16: small(HALF),
  bfloat16: small(BRAIN),
  float8_e5m2: small(E5M2),
  float8_e4m3fn: small(E4M3),
  int64: element("BigInt64", "int64"),
  uint64: element("BigUint64", "int64"),
  int32: element("Int32", "int32"),
  uint32: element("Uint32", "int64", (value: number) => BigInt(value), Number),
  int16: element("Int16", "int32"),
  uint16: element("Uint16", "int32"),
  int8: element("Int8", "int32"),
  uint8: element("Uint8", "int32"),
  bool: element("Uint8", "int32", (value: number) => (value === 0 ? 0 : 1)),
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
  const { bytes: step, dtype, decode: read } = elements[type];
  if ((type as string) === dtype && little && littleEndian) return sameLayout(dtype, bytes, bytes.length / step);
  const value = read(bytes, little);
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
  const { dtype, encode: write } = elements[type];
  if ((type as string) === dtype && littleEndian)
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return write(value);
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
