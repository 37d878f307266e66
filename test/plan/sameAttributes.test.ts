import { describe, expect, test } from "vitest";
import { sameAttributes } from "../../src/plan/sameAttributes.ts";

class Point {
  readonly x = 1;
}
const once = (): number => 1;

describe("the same", () => {
  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [Number.NaN, Number.NaN],
    ["a", "a"],
    [3n, 3n],
    [
      [1, [2, "b"]],
      [1, [2, "b"]],
    ],
    [
      { a: 1, b: { c: [null] } },
      { b: { c: [null] }, a: 1 },
    ],
    [Int32Array.of(1, -1), Int32Array.of(1, -1)],
    [Float32Array.of(Number.NaN), Float32Array.of(Number.NaN)],
    [BigInt64Array.of(1n), BigInt64Array.of(1n)],
    [once, once],
    [Object.create(null), Object.create(null)],
  ])("%o and %o", (a, b) => {
    expect(sameAttributes(a, b)).toBe(true);
  });
});

describe("not the same", () => {
  test.each<[unknown, unknown]>([
    [undefined, null],
    [undefined, {}],
    [null, {}],
    [0, -0],
    [1, "1"],
    [1, 1n],
    [
      [1, 2],
      [1, 3],
    ],
    [
      [1, 2],
      [1, 2, 3],
    ],
    [
      [1, 2, 3],
      [1, 2],
    ],
    [[], {}],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ valueOf: 1 }, {}],
    [Int32Array.of(1, 2), Int32Array.of(1, 3)],
    [Int32Array.of(1, 2), Int32Array.of(1)],
    [Int32Array.of(1), Float32Array.of(1)],
    [Float64Array.of(0), Float64Array.of(-0)],
    [Int32Array.of(1), [1]],
    [() => 1, () => 1],
    [new Point(), new Point()],
    [new Date(0), new Date(0)],
    [new Map([[1, 2]]), new Map([[1, 3]])],
  ])("%o and %o", (a, b) => {
    expect(sameAttributes(a, b)).toBe(false);
  });
});
