/** Protocol Buffers written: fields are appended, and joined once. Source: https://protobuf.dev/programming-guides/encoding */
import { BYTES, FIXED32, VARINT } from "./reader.ts";

const utf8 = new TextEncoder();

/**
 * A message that grows by fields. Bytes of any size are kept as they are until `finish`, so that weights inside messages inside
 * messages are copied once.
 */
export class MessageWriter {
  readonly #chunks: Uint8Array[] = [];
  /** What comes after the last chunk: keys, lengths, numbers. */
  #tail: number[] = [];
  #length = 0;

  /** Of an int64, int32, bool or enumeration. A negative one takes 10 bytes. */
  integer(field: number, value: number | bigint): this {
    this.#key(field, VARINT);
    this.#varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#key(field, FIXED32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#tail.push(...bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#key(field, BYTES);
    this.#varint(value.length);
    this.#append(value);
    return this;
  }

  message(field: number, message: MessageWriter): this {
    this.#key(field, BYTES);
    this.#varint(message.length);
    for (const chunk of message.#all()) this.#append(chunk);
    return this;
  }

  /** Bytes of the message. */
  get length(): number {
    return this.#length + this.#tail.length;
  }

  /** The message, and so many zeros after it. */
  finish(zeros = 0): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.length + zeros);
    let at = 0;
    for (const chunk of this.#all()) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  #all(): readonly Uint8Array[] {
    this.#settle();
    return this.#chunks;
  }

  #append(bytes: Uint8Array): void {
    // Below this, an array of its own costs more than a copy.
    if (bytes.length < 64) {
      for (const byte of bytes) this.#tail.push(byte);
      return;
    }
    this.#settle();
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  #settle(): void {
    if (this.#tail.length === 0) return;
    this.#chunks.push(Uint8Array.from(this.#tail));
    this.#length += this.#tail.length;
    this.#tail = [];
  }

  #key(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number | bigint): void {
    if (value < 0 || value > 0x7fffffff) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 0x7fn; rest >>= 7n) this.#tail.push(Number(rest & 0x7fn) | 0x80);
      this.#tail.push(Number(rest));
      return;
    }
    let rest = Number(value);
    for (; rest > 0x7f; rest >>>= 7) this.#tail.push((rest & 0x7f) | 0x80);
    this.#tail.push(rest);
  }
}
