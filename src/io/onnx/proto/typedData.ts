import { bytesPerElement, type FileDType } from "../../bytes/elements.ts";
import type { Fail } from "../../bytes/fail.ts";
import { FIXED32, FIXED64, type Field, fieldsOf, fixedBytesOf, integersOf } from "../../protobuf/reader.ts";

const FLOAT_DATA = 4;
const INT32_DATA = 5;
const INT64_DATA = 7;
const DOUBLE_DATA = 10;
const UINT64_DATA = 11;

/** The repeated fields of a TensorProto that hold numbers. */
const names: Readonly<Record<number, string>> = {
  [FLOAT_DATA]: "float_data",
  [INT32_DATA]: "int32_data",
  [INT64_DATA]: "int64_data",
  [DOUBLE_DATA]: "double_data",
  [UINT64_DATA]: "uint64_data",
};

export const isTypedField = (number: number): boolean => number in names;
export const typedFieldName = (number: number): string => names[number]!;

interface Integer {
  readonly least: bigint;
  readonly most: bigint;
  readonly write: (view: DataView, at: number, value: number | bigint) => void;
}

const signed = (bits: bigint) => ({ least: -(1n << (bits - 1n)), most: (1n << (bits - 1n)) - 1n });
const unsigned = (bits: bigint) => ({ least: 0n, most: (1n << bits) - 1n });
const byte: Integer = { ...unsigned(8n), write: (view, at, value) => view.setUint8(at, Number(value)) };
const pair: Integer = { ...unsigned(16n), write: (view, at, value) => view.setUint16(at, Number(value), true) };

/** What varints may say of each element type. Small floats are the bits of theirs. */
const integers: Readonly<Partial<Record<FileDType, Integer>>> = {
  bool: byte,
  uint8: byte,
  float8_e4m3fn: byte,
  float8_e5m2: byte,
  uint16: pair,
  float16: pair,
  bfloat16: pair,
  int8: { ...signed(8n), write: (view, at, value) => view.setInt8(at, Number(value)) },
  int16: { ...signed(16n), write: (view, at, value) => view.setInt16(at, Number(value), true) },
  int32: { ...signed(32n), write: (view, at, value) => view.setInt32(at, Number(value), true) },
  uint32: { ...unsigned(32n), write: (view, at, value) => view.setUint32(at, Number(value), true) },
  int64: { ...signed(64n), write: (view, at, value) => view.setBigInt64(at, BigInt(value), true) },
  uint64: { ...unsigned(64n), write: (view, at, value) => view.setBigUint64(at, BigInt(value), true) },
};

/** The repeated field in which the numbers of an element type are, where they are not raw. */
export function fieldHolding(type: FileDType): number {
  switch (type) {
    case "float32":
      return FLOAT_DATA;
    case "float64":
      return DOUBLE_DATA;
    case "int64":
      return INT64_DATA;
    case "uint32":
    case "uint64":
      return UINT64_DATA;
    default:
      return INT32_DATA;
  }
}

/**
 * The numbers in the repeated field of an element type, packed or not, as raw_data would have them: little-endian, of `count` elements.
 *
 * @throws through `fail` where there are not so many, or one is out of its type's range
 */
export function readTyped(message: Uint8Array, type: FileDType, count: number, fail: Fail): Uint8Array {
  const holder = fieldHolding(type);
  const wireType = type === "float32" ? FIXED32 : type === "float64" ? FIXED64 : null;
  // A varint has at least one byte: what a shape declares is paid for by bytes that are there.
  if (count * (wireType ? bytesPerElement(type) : 1) > message.length)
    fail(`${count} elements of ${type} cannot be in the ${message.length} bytes of its message`);
  const sink = new Sink(type, count, holder, fail);
  for (const field of fieldsOf(message, fail)) {
    if (field.number !== holder) continue;
    if (wireType === null) sink.integers(field);
    else sink.bytes(fixedBytesOf(field, wireType, fail));
  }
  return sink.finish();
}

/** Room for so many elements, filled from the front. */
class Sink {
  readonly #raw: Uint8Array;
  readonly #view: DataView;
  readonly #type: FileDType;
  readonly #holder: number;
  readonly #fail: Fail;
  #at = 0;

  constructor(type: FileDType, count: number, holder: number, fail: Fail) {
    this.#raw = new Uint8Array(count * bytesPerElement(type));
    this.#view = new DataView(this.#raw.buffer);
    this.#type = type;
    this.#holder = holder;
    this.#fail = fail;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#at + bytes.length > this.#raw.length) this.#disagree("more");
    this.#raw.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  integers(field: Field): void {
    const step = bytesPerElement(this.#type);
    const { least, most, write } = integers[this.#type]!;
    const fail = this.#fail;
    for (const given of integersOf(field, fail)) {
      if (this.#at >= this.#raw.length) this.#disagree("more");
      // Varints are read as int64; those of a uint64 are the same bits.
      const value = this.#type === "uint64" ? BigInt.asUintN(64, BigInt(given)) : given;
      if (value < least || value > most) fail(`${value} in ${typedFieldName(this.#holder)} is no ${this.#type}`);
      write(this.#view, this.#at, value);
      this.#at += step;
    }
  }

  finish(): Uint8Array {
    if (this.#at < this.#raw.length) this.#disagree("fewer");
    return this.#raw;
  }

  #disagree(relation: string): never {
    const count = this.#raw.length / bytesPerElement(this.#type);
    return this.#fail(`${typedFieldName(this.#holder)} has ${relation} numbers than the ${count} of its shape`);
  }
}
