/**
 * What MindSpore writes after a checkpoint with `crc_check=True`: "crc_num" and, big-endian in 10 bytes, the CRC-32 of all before.
 * Source: `_exec_save` in `mindspore/train/serialization.py`.
 */
import { crc32 } from "../bytes/crc32.ts";
import type { Fail } from "../bytes/fail.ts";

const MARK = "crc_num";
const NUMBER_BYTES = 10;
export const TRAILER_BYTES: number = MARK.length + NUMBER_BYTES;

const hex = (number: bigint | number): string => `0x${number.toString(16)}`;

/** The checkpoint without its trailer, if it has one, which must be right. @throws through `fail` */
export function withoutTrailer(file: Uint8Array, fail: Fail): Uint8Array {
  const end = file.length - TRAILER_BYTES;
  if (end < 0 || String.fromCharCode(...file.subarray(end, end + MARK.length)) !== MARK) return file;
  const body = file.subarray(0, end);
  const stored = file.subarray(-NUMBER_BYTES).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  const computed = crc32(body);
  if (stored !== BigInt(computed))
    fail(`the file is damaged: its CRC-32 is ${hex(computed)}, but should be ${hex(stored)}`);
  return body;
}

/** Fills the last bytes of `file`, whose others are the checkpoint. */
export function fillTrailer(file: Uint8Array): void {
  const end = file.length - TRAILER_BYTES;
  for (let i = 0; i < MARK.length; i++) file[end + i] = MARK.charCodeAt(i);
  new DataView(file.buffer, file.byteOffset).setUint32(file.length - 4, crc32(file.subarray(0, end)));
}
