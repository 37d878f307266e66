/**
 * The header of safetensors: 8 bytes of its length (little-endian), JSON `{ name: { dtype, shape, data_offsets } }`, then the data.
 *
 * Source: https://github.com/huggingface/safetensors (format). What its own reader refuses is refused here.
 */
import { show } from "../../core/options.ts";
import { bytesPerElement, type FileDType } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";
import { type Json, parseJson } from "../bytes/json.ts";
import { hasHalfPair } from "../bytes/named.ts";
import { elementCount, isCount, MAX_RANK } from "../bytes/shape.ts";

/** What a file says beside its tensors: strings under names. */
export type Metadata = Readonly<Record<string, string>>;

/** The largest header the format allows, in bytes. */
export const MAX_HEADER = 100_000_000;

/** The name under which a header has its metadata, which no tensor can have. */
export const METADATA = "__metadata__";

/**
 * What R torch puts into the metadata, to tell its files from others: JSON, which is empty where another program wrote the tensors;
 * and the name under which it serialises an R object as if that were a tensor.
 */
export const R_MARK = "__r__";
export const R_OBJECT = "__robj__";

/** The element types under the format's names. */
export const formatNames: Readonly<Record<FileDType, string>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint64: "U64",
  uint32: "U32",
  uint16: "U16",
  uint8: "U8",
  bool: "BOOL",
  float8_e4m3fn: "F8_E4M3",
  float8_e5m2: "F8_E5M2",
};

const types = new Map(Object.entries(formatNames).map(([type, name]) => [name, type as FileDType]));

/** Where a tensor is: `start` and `end` count from the first byte of the data. */
export interface Entry {
  readonly type: FileDType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the header. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly data: Uint8Array;
}

/**
 * A header of less than 4 GiB, then JSON. In a checkpoint of MindSpore bytes 4 to 7 are in the name of the first parameter, and not zero.
 */
export const looksLikeSafetensors = (bytes: Uint8Array): boolean =>
  bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);

export function readHeader(bytes: Uint8Array, fail: Fail): Header {
  if (bytes.length < 8) fail(`the file has ${bytes.length} bytes, its header length alone takes 8`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > MAX_HEADER || declared > bytes.length - 8)
    fail(`the header should have ${declared} bytes, but ${bytes.length - 8} are left in the file`);
  const data = bytes.subarray(8 + Number(declared));
  const json = parseJson(textOf(bytes.subarray(8, 8 + Number(declared)), fail), fail, "the header");
  if (!(json instanceof Map)) return fail("the header is not a JSON object");
  const header: ReadonlyMap<string, Json> = json;
  const entries = new Map<string, Entry>();
  for (const [name, value] of header) {
    if (name === METADATA) continue;
    const failHere: Fail = (problem) => fail(`tensor ${show(name)}: ${problem}`);
    if (hasHalfPair(name)) failHere("its name has half a surrogate pair");
    entries.set(name, readEntry(value, data.length, failHere));
  }
  checkCoverage(entries, data.length, fail);
  return { entries, metadata: readMetadata(header.get(METADATA) ?? new Map(), fail), data };
}

function textOf(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("the header is not JSON: it is not UTF-8");
  }
}

function readMetadata(json: Json, fail: Fail): ReadonlyMap<string, string> {
  if (json instanceof Map && [...json.values()].every((text) => typeof text === "string")) return json;
  return fail(`${METADATA} must map strings to strings`);
}

function readEntry(json: Json, available: number, fail: Fail): Entry {
  if (!(json instanceof Map)) return fail("its header entry is not an object");
  const [dtype, shape, offsets] = ["dtype", "shape", "data_offsets"].map((key) => json.get(key) as Json | undefined);
  const type = types.get(dtype as string);
  if (type === undefined)
    return fail(`dtype ${show(dtype)} is not read here; known are ${[...types.keys()].join(", ")}`);
  if (!isCounts(shape)) return fail("its shape is not a list of non-negative integers");
  if (shape.length > MAX_RANK) fail(`its shape has ${shape.length} axes; ${MAX_RANK} are the most that is read`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    return fail("its data_offsets are not [start, end]");
  const [start, end] = offsets as [number, number];
  if (end > available) fail(`it ends at byte ${end} of ${available} bytes of data`);
  const size = elementCount(shape, fail) * bytesPerElement(type);
  if (size !== end - start)
    fail(`shape [${shape.join(", ")}] of ${dtype} takes ${size} bytes, its data_offsets span ${end - start}`);
  return { type, shape, start, end };
}

const isCounts = (json: Json | undefined): json is readonly number[] => Array.isArray(json) && json.every(isCount);

/** "The byte buffer needs to be entirely indexed, and cannot contain holes": a second file could hide in them. */
function checkCoverage(entries: ReadonlyMap<string, Entry>, available: number, fail: Fail): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const [i, [name, { start, end }]] of ordered.entries()) {
    if (start < covered) fail(`tensors ${show(ordered[i - 1]![0])} and ${show(name)} overlap at byte ${start}`);
    if (start > covered) fail(`bytes ${covered}..${start - 1} of the data belong to no tensor`);
    covered = end;
  }
  if (covered < available) fail(`bytes ${covered}..${available - 1} of the data belong to no tensor`);
}
