import { describe, expect, test } from "vitest";
import {
  BRAIN,
  bytesOf,
  E4M3,
  E5M2,
  HALF,
  narrowed,
  type SmallFloat,
  widened,
} from "../../src/io/bytes/smallFloats.ts";

const formats: Readonly<Record<string, SmallFloat>> = { HALF, BRAIN, E5M2, E4M3 };
const back = (format: SmallFloat, value: number): number =>
  widened(format, narrowed(format, Float32Array.of(value)), true)[0]!;

/** Every bit pattern, little-endian. */
function allPatterns(format: SmallFloat): Uint8Array {
  const step = bytesOf(format);
  return Uint8Array.from({ length: step * 2 ** (8 * step) }, (_, i) => (i % step ? (i / step) >> 8 : i / step));
}

describe.each(Object.entries(formats))("%s", (_name, format) => {
  test("every bit pattern widens and narrows to itself, NaNs with what they carry", () => {
    const all = allPatterns(format);
    expect(narrowed(format, widened(format, all, true))).toEqual(all);
  });

  test("between two neighbours the nearest is taken, and in the middle the even one", () => {
    const numbers = [...new Set(widened(format, allPatterns(format), true))].filter(Number.isFinite);
    numbers.sort((a, b) => a - b);
    // Compared by hand: 65,000 expectations take 7 s.
    const wrong = numbers.slice(0, -1).filter((below, i) => {
      const above = numbers[i + 1]!;
      const middle = (below + above) / 2;
      if (Math.fround(middle) !== middle || middle === below) return false; // float32 is no finer there
      const more = Math.fround(middle + Math.abs(middle) * 2 ** -22);
      const isEven = narrowed(format, Float32Array.of(middle))[0]! % 2 === 0;
      const isNeighbour = [below, above].some((each) => each === back(format, middle));
      return !isEven || !isNeighbour || (more > middle && more < above && back(format, more) !== above);
    });
    expect(wrong).toEqual([]);
  });
});

test("beyond the largest it is infinity, or NaN where there is none; below the smallest, zero", () => {
  expect([65504, 65519, 65520, -1e9, 2 ** -25, 2 ** -25 * 1.0001, 1e-30].map((x) => back(HALF, x))).toEqual([
    ...[65504, 65504, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 2 ** -24, 0],
  ]);
  expect([448, 464, 465, Number.POSITIVE_INFINITY].map((x) => back(E4M3, x))).toEqual([
    448,
    448,
    Number.NaN,
    Number.NaN,
  ]);
});

test("big-endian", () => {
  expect([...widened(HALF, Uint8Array.of(0x3c, 0x00, 0xc0, 0x00), false)]).toEqual([1, -2]);
});
