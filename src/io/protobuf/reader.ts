/**
 * Protocol Buffers on the wire: a message is a run of fields, each a number and a wire type, then a varint, 4 or 8 bytes, or a length
 * and that many bytes. What the numbers mean is the business of the reader of each message, which skips those it does not know.
 *
 * Source: https://protobuf.dev/programming-guides/encoding. Bytes from outside are hostile: lengths are held against what is left, and
 * fields are handed out one by one, so that a million of them take no memory. Messages within messages are bytes until someone asks
 * for their fields, so that nothing here recurses however deep a file nests.
 */
import type { Fail } from "../bytes/fail.ts";

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const GROUPS = [3, 4];
const kinds: Readonly<Record<number, string>> = {
  [VARINT]: "a varint",
  [FIXED64]: "8 bytes",
  [BYTES]: "bytes with a length",
  [FIXED32]: "4 bytes",
};

export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** An int64 for a varint, a bigint only where a number does not hold it; otherwise a view of the bytes. */
  readonly value: number | bigint | Uint8Array;
}

/** The fields of a message, in order; with `cut`, of one that may end within its last field. @throws through `fail` */
export function* fieldsOf(message: Uint8Array, fail: Fail, cut = false): Generator<Field, void> {
  const cursor: Cursor = { bytes: message, at: 0 };
  while (cursor.at < message.length) {
    const start = cursor.at;
    const key = readVarint(cursor, fail);
    const number = Number(key) >>> 3;
    const wireType = Number(key) & 7;
    if (key < 8 || key > 0xffffffff) fail(`byte ${start} should start a field, but its key is ${key}`);
    if (GROUPS.includes(wireType)) fail(`field ${number} is a group, which no file has had since 2008`);
    if (!(wireType in kinds)) fail(`field ${number} has wire type ${wireType}, which does not exist`);
    const value = wireType === VARINT ? readVarint(cursor, fail) : take(cursor, wireType, number, fail, cut);
    yield { number, wireType, value };
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function take(cursor: Cursor, wireType: number, number: number, fail: Fail, cut: boolean): Uint8Array {
  const length = wireType === BYTES ? readVarint(cursor, fail) : wireType === FIXED32 ? 4 : 8;
  const left = cursor.bytes.length - cursor.at;
  if (length < 0 || (length > left && !cut)) fail(`field ${number} should have ${length} bytes, but ${left} are left`);
  const start = cursor.at;
  cursor.at += Math.min(Number(length), left);
  return cursor.bytes.subarray(start, cursor.at);
}

/** An int64 of at most 10 bytes, 7 bits in each, the lowest first. */
function readVarint(cursor: Cursor, fail: Fail): number | bigint {
  let low = 0;
  let high = 0;
  for (let i = 0; ; i++) {
    if (cursor.at >= cursor.bytes.length) fail("the message ends within a varint");
    const byte = cursor.bytes[cursor.at++]!;
    const bits = byte & 0x7f;
    if (i === 9 && byte > 1) fail("a varint has more than 64 bits");
    if (i < 4) low |= bits << (7 * i);
    else if (i === 4) {
      low |= bits << 28;
      high = bits >>> 4;
    } else high |= bits << (7 * i - 32);
    if (byte < 0x80) break;
  }
  const value = high * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low >>> 0);
}

function expectKind(field: Field, wireType: number, fail: Fail): void {
  if (field.wireType !== wireType)
    fail(`field ${field.number} should be ${kinds[wireType]}, but is ${kinds[field.wireType]}`);
}

/** The bytes of a field of type bytes, or those of a message. */
export function bytesOf(field: Field, fail: Fail): Uint8Array {
  expectKind(field, BYTES, fail);
  return field.value as Uint8Array;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function textOf(field: Field, fail: Fail): string {
  const bytes = bytesOf(field, fail);
  try {
    return utf8.decode(bytes);
  } catch {
    return fail(`field ${field.number} should be text, but its ${bytes.length} bytes are not UTF-8`);
  }
}

/** An int64, int32, bool or number of an enumeration. */
export function integerOf(field: Field, fail: Fail): number | bigint {
  expectKind(field, VARINT, fail);
  return field.value as number | bigint;
}

/** An integer that a double holds. */
export function smallIntegerOf(field: Field, fail: Fail): number {
  const value = integerOf(field, fail);
  return typeof value === "number" ? value : fail(`field ${field.number} is ${value}, which is no safe integer`);
}

export function floatOf(field: Field, fail: Fail): number {
  expectKind(field, FIXED32, fail);
  const { buffer, byteOffset } = field.value as Uint8Array;
  return new DataView(buffer, byteOffset, 4).getFloat32(0, true);
}

/** The integers of one field of a repeated one: one, or as many as there are packed. */
export function* integersOf(field: Field, fail: Fail): Generator<number | bigint, void> {
  if (field.wireType !== BYTES) return yield integerOf(field, fail);
  const cursor: Cursor = { bytes: bytesOf(field, fail), at: 0 };
  while (cursor.at < cursor.bytes.length) yield readVarint(cursor, fail);
}

/** The bytes of one field of a repeated float (`FIXED32`) or double (`FIXED64`): of one, or of as many as there are packed. */
export function fixedBytesOf(field: Field, wireType: typeof FIXED32 | typeof FIXED64, fail: Fail): Uint8Array {
  if (field.wireType !== BYTES) expectKind(field, wireType, fail);
  const bytes = field.value as Uint8Array;
  const step = wireType === FIXED32 ? 4 : 8;
  return bytes.length % step === 0
    ? bytes
    : fail(`field ${field.number} has ${bytes.length} bytes, which is no multiple of ${step}`);
}
