import type { Fail } from "../../bytes/fail.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const toUtf8 = new TextEncoder();

/** Bytes of the largest integer. The state of NumPy's generators is 128 bits without a sign, which takes 17. */
const LONGEST_INTEGER = 32;

/** Reads a pickle from the front. What is not there is an error, before anything is allocated for it. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fail: Fail;
  /** Bytes read so far. */
  at = 0;

  constructor(bytes: Uint8Array, fail: Fail) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#fail = fail;
  }

  /** The next bytes, as a view. */
  take(count: number): Uint8Array {
    const start = this.#step(count);
    return this.#bytes.subarray(start, start + count);
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** A length of 64 bits. Beyond 2^53 it is rounded, which matters to no file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#step(8), true));
  }

  /** The one number of pickles that is big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#step(8), false);
  }

  /** Two's complement, of any number of bytes; a bigint only where a number would not do. */
  integer(size: number): number | bigint {
    if (size > LONGEST_INTEGER)
      return this.#fail(`the pickle has an integer of ${size} bytes; ${LONGEST_INTEGER} are the most that is read`);
    let value = 0n;
    for (const [i, byte] of this.take(size).entries()) value |= BigInt(byte) << BigInt(8 * i);
    return exactly(BigInt.asIntN(8 * size, value));
  }

  text(size: number): string {
    const bytes = this.take(size);
    return textOf(bytes) ?? this.#fail(`the string at byte ${this.at - size} of the pickle is not UTF-8`);
  }

  /** The text before the next newline. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) return this.#fail(`the pickle ends inside the name at byte ${this.at}`);
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  #step(count: number): number {
    const start = this.at;
    const left = this.#bytes.length - start;
    if (count > left) this.#fail(`the pickle ends too early: ${count} bytes should follow byte ${start}, ${left} do`);
    this.at += count;
    return start;
  }
}

/**
 * The text that is meant by these bytes, or `undefined` where they are no UTF-8: those have become replacement characters. A decoder that
 * throws would take 4 µs for each of the million strings of Python 2 that a file can have.
 */
export function textOf(bytes: Uint8Array): string | undefined {
  const text = utf8.decode(bytes);
  return text.includes("\ufffd") && !sameBytes(toUtf8.encode(text), bytes) ? undefined : text;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** An integer as a number where that is exact. */
export const exactly = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
