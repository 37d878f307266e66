/** What the tests of files in protobuf share: messages written by hand, tensors down to their bits, damaged files. */
import { readFileSync } from "node:fs";
import { FormatError, type Tensor } from "atrous";
import { expect } from "vitest";

export const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${path}`, import.meta.url)));

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** A field of type varint, or of bytes, text or messages. */
export function field(number: number, value: number | bigint | string | Uint8Array): Uint8Array {
  if (typeof value === "number" || typeof value === "bigint") return join(varint(number * 8), varint(value));
  const bytes = typeof value === "string" ? text(value) : value;
  return join(varint(number * 8 + 2), varint(bytes.length), bytes);
}

/** Element type, shape and bits of a tensor. */
export function bitsOf(tensor: Tensor): { dtype: string; shape: readonly number[]; bits: string } {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  const bits = Buffer.from(buffer, byteOffset, byteLength).toString("hex");
  return { dtype: tensor.dtype, shape: [...tensor.shape], bits };
}

/** Every truncation of a file, and every one of its bytes with a bit flipped, a different one each time: a value or a FormatError. */
export function survives(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): void {
  const attempt = (damaged: Uint8Array) => {
    try {
      read(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
  };
  for (let i = 0; i < bytes.length; i++) {
    attempt(bytes.slice(0, i));
    for (const bit of [i % 8, 7]) attempt(bytes.with(i, bytes[i]! ^ (1 << bit)));
  }
}
