/** Numbers and names as modules write them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  flatten,
  float32,
  float64,
  int32,
  list,
  signed,
  text,
  unsigned,
} from "../../../../src/backends/wasm/assembler/bytes.ts";

/** LEB128 read by its definition, in BigInt: Σ (byte & 127)·128^i, less 128^n if the last byte's bit 6 says so. */
function decoded(bytes: readonly number[], isSigned: boolean): number {
  let value = 0n;
  bytes.forEach((byte, i) => {
    expect(byte >> 7, "the high bit says that more follow").toBe(i + 1 < bytes.length ? 1 : 0);
    value += BigInt(byte & 0x7f) << BigInt(7 * i);
  });
  if (isSigned && bytes.at(-1)! & 0x40) value -= 1n << BigInt(7 * bytes.length);
  return Number(value);
}

const edges = Array.from({ length: 33 }, (_, i) => 2 ** i).flatMap((power) => [power - 1, power, power + 1]);

describe("unsigned", () => {
  test("examples of the specification", () => {
    expect(unsigned(0)).toEqual([0]);
    expect(unsigned(127)).toEqual([0x7f]);
    expect(unsigned(128)).toEqual([0x80, 0x01]);
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
  });

  test("every edge, in as few bytes as possible", () => {
    for (const value of edges.filter((value) => value < 2 ** 32)) {
      expect(decoded(unsigned(value), false)).toBe(value);
      expect(unsigned(value).length).toBe(Math.max(Math.ceil(Math.log2(value + 1) / 7), 1));
    }
  });

  test("any number", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (value) => {
        expect(decoded(unsigned(value), false)).toBe(value);
      }),
    );
  });
});

describe("signed", () => {
  test("examples of the specification", () => {
    expect(signed(-1)).toEqual([0x7f]);
    expect(signed(63)).toEqual([0x3f]);
    expect(signed(64)).toEqual([0xc0, 0x00]);
    expect(signed(-64)).toEqual([0x40]);
    expect(signed(-65)).toEqual([0xbf, 0x7f]);
    expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(-(2 ** 31))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  test("every edge", () => {
    for (const value of edges.flatMap((value) => [value, 0 - value]).filter((value) => value === (value | 0)))
      expect(decoded(signed(value), true)).toBe(value);
  });

  test("any number", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(decoded(signed(value), true)).toBe(value);
      }),
    );
  });
});

test("numbers in memory, low end first", () => {
  expect(int32(0x12345678)).toEqual([0x78, 0x56, 0x34, 0x12]);
  expect(int32(-2)).toEqual([0xfe, 0xff, 0xff, 0xff]);
  expect(float32(-0)).toEqual([0, 0, 0, 0x80]);
  expect(float32(1)).toEqual([0, 0, 0x80, 0x3f]);
  expect(float32(1e-45)).toEqual([1, 0, 0, 0]);
  expect(float32(Number.NaN)).toEqual([0, 0, 0xc0, 0x7f]);
  expect(float64(-0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80]);
  expect(float64(5e-324)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect(float64(Number.NEGATIVE_INFINITY)).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0xff]);
});

test("nested bytes are flattened in order", () => {
  expect(flatten([1, [2, [], [3, [4]]], 5])).toEqual([1, 2, 3, 4, 5]);
  expect(flatten(7)).toEqual([7]);
  expect(flatten(list([[1, 2], 3]))).toEqual([2, 1, 2, 3]);
  expect(flatten(list([])).concat(flatten(text("env")))).toEqual([0, 3, 0x65, 0x6e, 0x76]);
});
