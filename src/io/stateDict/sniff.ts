import type { FormatError } from "../../core/errors.ts";
import { checkBytes, type Fail } from "../bytes/fail.ts";
import { startsWith } from "../bytes/startsWith.ts";
import { BYTES, type Field, fieldsOf, VARINT } from "../protobuf/reader.ts";
import { looksLikeSafetensors } from "../safetensors/header.ts";
import { isTorchLegacy } from "../torch/legacyFile.ts";
import { isTorchZip } from "../torch/zipFile.ts";
import { readZip } from "../zip/read.ts";

export type FileKind = "safetensors" | "torch" | "mindspore" | "npy" | "npz" | "onnx" | "nam" | "wav";

/**
 * What kind of file the bytes are, by what is in them, never by a name; `null` for one that is not read here. A damaged file is of the
 * kind that it claims to be, so that its reader can say what is wrong.
 */
export function fileKind(bytes: Uint8Array): FileKind | null {
  const plain = checkBytes("fileKind", bytes);
  const kind = Object.entries(tests).find(([, test]) => test(plain));
  return (kind?.[0] as FileKind | undefined) ?? null;
}

/** 64 MiB: published ones have some hundred kilobytes, and strings have a limit. */
const LONGEST_NAM = 2 ** 26;

/** No file passes two of them: they look at different values of the same bytes. */
const tests: Readonly<Record<FileKind, (bytes: Uint8Array) => boolean>> = {
  safetensors: looksLikeSafetensors,
  torch: (bytes) => isTorchLegacy(bytes) || (isZip(bytes) && isTorchZip(entriesOf(bytes))),
  npz: (bytes) => isZip(bytes) && Array.from(entriesOf(bytes).keys()).every((name) => /\.npy$|\/$/.test(name)),
  npy: (bytes) => startsWith(bytes, "\x93NUMPY"),
  wav: (bytes) => startsWith(bytes, "RIFF") && startsWith(bytes, "WAVE", 8),
  mindspore: isMindSpore,
  onnx: isOnnx,
  nam: isNam,
};

const isZip = (bytes: Uint8Array): boolean => startsWith(bytes, "PK\x03\x04") || startsWith(bytes, "PK\x05\x06");

/** By name; where the directory is damaged, the first alone, which is before its own bytes, too. */
function entriesOf(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  try {
    return readZip(bytes, stop);
  } catch (error) {
    if (error !== unreadable) throw error;
    const length = (bytes[26] ?? 0) + 256 * (bytes[27] ?? 0);
    return new Map([[String.fromCharCode(...bytes.subarray(30, 30 + Math.min(length, 1000))), null]]);
  }
}

/** A Checkpoint is nothing but Values, field 1, each of which starts with its tag, field 1. In a ModelProto field 1 is a number. */
function isMindSpore(bytes: Uint8Array): boolean {
  const [whole] = firstFields(bytes, 1);
  const value = whole ?? firstFields(bytes, 1, true)[0];
  if (!isBytes(value, 1) || !isBytes(firstFields(value.value as Uint8Array, 1)[0], 1)) return false;
  // Of a text that begins with newlines much would pass for a Value that is cut off, but not with a tensor in it.
  return whole !== undefined || isBytes(firstFields(value.value as Uint8Array, 2, true)[1], 2);
}

const isBytes = (field: Field | undefined, number: number): field is Field =>
  field?.number === number && field.wireType === BYTES;

/** A version, field 1, or the opsets, field 8, and a graph, field 7: in any order, but models have some twenty fields, not a thousand. */
function isOnnx(bytes: Uint8Array): boolean {
  const fields = firstFields(bytes, 1000, true);
  const has = (number: number, wireType: number): boolean =>
    fields.some((field) => field.number === number && field.wireType === wireType);
  return has(7, BYTES) && (has(1, VARINT) || has(8, BYTES));
}

/** Those that can be read, at most `count`; with `cut`, also what there is of one in which the bytes end. */
function firstFields(bytes: Uint8Array, count: number, cut = false): Field[] {
  const fields: Field[] = [];
  try {
    for (const field of fieldsOf(bytes, stop, cut)) if (fields.push(field) === count) break;
  } catch (error) {
    if (error !== unreadable) throw error;
  }
  return fields;
}

/** JSON with the two fields that every .nam file has. */
function isNam(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 100).findIndex((byte) => !" \t\r\n\xef\xbb\xbf".includes(String.fromCharCode(byte)));
  if (bytes[start] !== 0x7b) return false;
  const text = new TextDecoder().decode(bytes.subarray(0, LONGEST_NAM));
  return text.includes('"architecture"') && text.includes('"weights"');
}

const unreadable: Pick<FormatError, "message"> = { message: "" };
const stop: Fail = () => {
  throw unreadable;
};
