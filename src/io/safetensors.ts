/**
 * safetensors: 8 bytes of header length (little-endian), a JSON header `{ name: { dtype, shape, data_offsets } }`, then the data.
 *
 * Source: https://github.com/huggingface/safetensors (format). Bytes from outside are hostile: everything is checked before it is
 * used, and nothing is allocated that the file does not pay for.
 */
import { allocate, type DType, type TypedArray } from "../core/dtype.ts";
import { DTypeError, FormatError, OptionTypeError } from "../core/errors.ts";
import { checkOptions, show } from "../core/options.ts";
import { evaluateSync } from "../graph/evaluate.ts";
import { makeLeaf, Tensor } from "../graph/tensor.ts";

/** The largest header the format allows, in bytes. */
const MAX_HEADER = 100_000_000;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * How the bytes of one element type become a tensor's storage. Half precision is widened to float32 and what is smaller than an
 * int32 to that, which hold them exactly.
 */
interface Encoding {
  readonly bytes: number;
  readonly dtype: DType;
  readonly read: (view: DataView, offset: number) => number | bigint;
}

const encodings: Readonly<Record<string, Encoding>> = {
  F64: { bytes: 8, dtype: "float64", read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, dtype: "float32", read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, dtype: "float32", read: (view, at) => fromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, dtype: "float32", read: (view, at) => fromBfloat16(view.getUint16(at, true)) },
  I64: { bytes: 8, dtype: "int64", read: (view, at) => view.getBigInt64(at, true) },
  I32: { bytes: 4, dtype: "int32", read: (view, at) => view.getInt32(at, true) },
  I16: { bytes: 2, dtype: "int32", read: (view, at) => view.getInt16(at, true) },
  U16: { bytes: 2, dtype: "int32", read: (view, at) => view.getUint16(at, true) },
  I8: { bytes: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, dtype: "int32", read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, dtype: "int32", read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

const names: Readonly<Record<DType, string>> = { float64: "F64", float32: "F32", int64: "I64", int32: "I32" };

/** What a file says beside its tensors: strings under names. */
export type Metadata = Readonly<Record<string, string>>;

/**
 * The tensors of a safetensors file, in the order of its header. float16 and bfloat16 arrive as float32; booleans and integers of
 * 8 and 16 bits as int32. A file of R torch (its metadata has `__r__`) also carries a serialised R object, `__robj__`, which is
 * left out.
 *
 * @throws FormatError
 */
export function readSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const { entries, metadata, data } = parse(bytes);
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of entries)
    if (name !== "__robj__" || !Object.hasOwn(metadata, "__r__"))
      tensors.set(name, readTensor(data.subarray(...offsets), encodings[dtype]!, shape));
  return tensors;
}

/** The `__metadata__` of a safetensors file; empty where it has none. */
export function readSafetensorsMetadata(bytes: Uint8Array): Metadata {
  return parse(bytes).metadata;
}

/**
 * A safetensors file of the tensors, a map or an object, with the header padded so that the data is aligned to 8 bytes.
 *
 * @throws OptionTypeError, DTypeError, FormatError
 */
export function writeSafetensors(
  given: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  options: { metadata?: Metadata } = {},
): Uint8Array<ArrayBuffer> {
  checkOptions("writeSafetensors", options, ["metadata"]);
  const { metadata } = options;
  if (metadata !== undefined && !isMetadata(metadata))
    throw new OptionTypeError("writeSafetensors: metadata must be an object that maps strings to strings");
  if (!isRecord(given) || given instanceof Tensor)
    throw new OptionTypeError(`writeSafetensors: expected a Map or an object of tensors, got ${show(given)}`);
  const tensors: ReadonlyMap<string, Tensor> = given instanceof Map ? given : new Map(Object.entries(given));
  for (const [name, tensor] of tensors)
    if (!(tensor instanceof Tensor))
      throw new DTypeError(`writeSafetensors: ${show(name)} must be a tensor, got ${show(tensor)}`);
  evaluateSync(Array.from(tensors.values(), (tensor) => tensor.node()));

  const header: Record<string, unknown> = Object.create(null);
  if (metadata) header.__metadata__ = metadata;
  let size = 0;
  for (const [name, { shape, dtype, size: count }] of tensors) {
    if (name === "__metadata__")
      throw new FormatError('writeSafetensors: "__metadata__" cannot be the name of a tensor');
    const end = size + count * encodings[names[dtype]]!.bytes;
    header[name] = { dtype: names[dtype], shape, data_offsets: [size, end] };
    size = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerSize = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerSize + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerSize), true);
  file.fill(0x20, 8, 8 + headerSize);
  file.set(json, 8);
  let offset = 8 + headerSize;
  for (const tensor of tensors.values()) offset = writeTensor(file, offset, tensor.node().value!);
  return file;
}

function writeTensor(file: Uint8Array<ArrayBuffer>, offset: number, value: TypedArray): number {
  const view = new DataView(file.buffer);
  for (let i = 0; i < value.length; i++) {
    const at = offset + i * value.BYTES_PER_ELEMENT;
    if (value instanceof Float32Array) view.setFloat32(at, value[i]!, true);
    else if (value instanceof Float64Array) view.setFloat64(at, value[i]!, true);
    else if (value instanceof Int32Array) view.setInt32(at, value[i]!, true);
    else view.setBigInt64(at, value[i]!, true);
  }
  return offset + value.byteLength;
}

function readTensor(bytes: Uint8Array, { bytes: step, dtype, read }: Encoding, shape: readonly number[]): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = allocate(dtype, bytes.byteLength / step);
  for (let i = 0; i < value.length; i++) value[i] = read(view, i * step);
  return makeLeaf(value, shape.slice(), dtype);
}

function parse(bytes: Uint8Array): { entries: [string, Entry][]; metadata: Metadata; data: Uint8Array } {
  const fail = (problem: string): never => {
    throw new FormatError(`safetensors: ${problem}`);
  };
  if (!(bytes instanceof Uint8Array)) fail(`expected a Uint8Array, got ${show(bytes)}`);
  if (bytes.length < 8) fail(`the file has ${bytes.length} bytes, its header length alone takes 8`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > MAX_HEADER || declared > bytes.length - 8)
    fail(`the header should have ${declared} bytes, but ${bytes.length - 8} are left in the file`);
  const headerSize = Number(declared);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + headerSize)));
  } catch (error) {
    fail(`the header is not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(header)) return fail("the header is not a JSON object");
  const data = bytes.subarray(8 + headerSize);
  const metadata = header.__metadata__ ?? {};
  if (!isMetadata(metadata)) return fail("__metadata__ must map strings to strings");
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__") as [string, Entry][];
  for (const [name, entry] of entries) {
    const problem = problemOf(entry, data.length);
    if (problem) fail(`tensor ${show(name)}: ${problem}`);
  }
  // "The byte buffer needs to be entirely indexed, and cannot contain holes": a second file could hide in them.
  const ordered = entries.map(([name, entry]) => ({ name, range: entry.data_offsets })).sort(byStart);
  let covered = 0;
  for (const [i, { name, range }] of ordered.entries()) {
    if (range[0] < covered) fail(`tensors ${show(ordered[i - 1]!.name)} and ${show(name)} overlap at byte ${range[0]}`);
    if (range[0] > covered) fail(`bytes ${covered}..${range[0] - 1} of the data belong to no tensor`);
    covered = range[1];
  }
  if (covered < data.length) fail(`bytes ${covered}..${data.length - 1} of the data belong to no tensor`);
  return { entries, metadata, data };
}

const byStart = (a: { range: Entry["data_offsets"] }, b: { range: Entry["data_offsets"] }): number =>
  a.range[0] - b.range[0] || a.range[1] - b.range[1];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isMetadata = (value: unknown): value is Metadata =>
  isRecord(value) && !(value instanceof Map) && Object.values(value).every((text) => typeof text === "string");

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** What is wrong with a header entry, if anything. */
function problemOf(entry: unknown, available: number): string | undefined {
  if (!isRecord(entry)) return "its header entry is not an object";
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(encodings, dtype))
    return `dtype ${show(dtype)} is not read here; known are ${Object.keys(encodings).join(", ")}`;
  if (!Array.isArray(shape) || !shape.every(isCount)) return "its shape is not a list of non-negative integers";
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1])
    return "its data_offsets are not [start, end]";
  if (offsets[1] > available) return `it ends at byte ${offsets[1]} of ${available} bytes of data`;
  const size = shape.reduce((product: number, length: number) => product * length, encodings[dtype]!.bytes);
  if (size !== offsets[1] - offsets[0])
    return `shape [${shape.join(", ")}] of ${dtype} takes ${size} bytes, its data_offsets span ${offsets[1] - offsets[0]}`;
  return undefined;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function fromBfloat16(bits: number): number {
  word.setUint32(0, bits * 2 ** 16);
  return word.getFloat32(0);
}
