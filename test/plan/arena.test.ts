import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Block, placeInArena } from "../../src/plan/arena.ts";

const block = fc
  .record({ bytes: fc.nat({ max: 500 }), first: fc.nat({ max: 20 }), steps: fc.nat({ max: 8 }) })
  .map(({ bytes, first, steps }): Block => ({ bytes, first, last: first + steps }));
const blocks = fc.array(block, { maxLength: 30, size: "max" });
const options = fc.record({ align: fc.constantFrom(1, 16, 64), gap: fc.constantFrom(0, 16, 1000) });

const together = (a: Block, b: Block): boolean => a.first <= b.last && b.first <= a.last;
const rounded = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;
/** The most that is alive in one step. */
const widest = (all: readonly Block[], align: number, gap: number): number =>
  Math.max(
    0,
    ...all.map(({ first: step }) =>
      all
        .filter(({ first, last }) => first <= step && step <= last)
        .reduce((sum, { bytes }) => sum + rounded(bytes + gap, align), 0),
    ),
  );

describe("blocks in an arena", () => {
  test("those alive at the same time do not overlap, nor do they reach into the gap behind another", () => {
    fc.assert(
      fc.property(blocks, options, (all, { align, gap }) => {
        const { offsets, bytes } = placeInArena(all, { align, gap });
        for (const [i, a] of all.entries()) {
          expect(offsets[i]! % align).toBe(0);
          expect(offsets[i]!).toBeGreaterThanOrEqual(0);
          expect(offsets[i]! + a.bytes + gap).toBeLessThanOrEqual(bytes);
          for (const [j, b] of all.entries()) {
            const apart = offsets[i]! + a.bytes + gap <= offsets[j]! || offsets[j]! + b.bytes + gap <= offsets[i]!;
            if (i !== j && together(a, b)) expect(apart, `blocks ${i} and ${j}`).toBe(true);
          }
        }
      }),
    );
  });

  test("the whole is at least the widest moment, and at most the sum", () => {
    fc.assert(
      fc.property(blocks, options, (all, { align, gap }) => {
        const { bytes } = placeInArena(all, { align, gap });
        expect(bytes).toBeGreaterThanOrEqual(widest(all, align, gap));
        expect(bytes).toBeLessThanOrEqual(all.reduce((sum, a) => sum + rounded(a.bytes + gap, align), 0));
      }),
    );
  });

  test("offsets are multiples of 64 by default", () => {
    const two = [1, 2].map((bytes): Block => ({ bytes, first: 0, last: 0 }));
    expect(placeInArena(two)).toEqual({ offsets: [64, 0], bytes: 128 });
    expect(placeInArena(two, { align: 4, gap: 100 })).toEqual({ offsets: [104, 0], bytes: 208 });
    expect(placeInArena([])).toEqual({ offsets: [], bytes: 0 });
  });

  test("the activations of a chain of layers take turns in two places", () => {
    const chain = Array.from({ length: 50 }, (_, i): Block => ({ bytes: 6400, first: i, last: i + 1 }));
    expect(placeInArena(chain).bytes).toBe(2 * 6400);
  });

  test("of several rooms, the smallest that is large enough is taken", () => {
    const between: Block[] = [
      { bytes: 6400, first: 0, last: 0 },
      { bytes: 3200, first: 0, last: 9 },
      { bytes: 1280, first: 0, last: 0 },
      { bytes: 640, first: 0, last: 9 },
    ];
    const late = { bytes: 640, first: 1, last: 1 };
    expect(placeInArena([...between, late]).offsets).toEqual([0, 6400, 9600, 10880, 9600]);
    const besides: Block[] = [
      { bytes: 6400, first: 0, last: 0 },
      { bytes: 5120, first: 1, last: 9 },
      { bytes: 3200, first: 0, last: 9 },
      { bytes: 2560, first: 0, last: 0 },
      { bytes: 1920, first: 0, last: 9 },
    ];
    expect(placeInArena([...besides, late]).offsets).toEqual([0, 0, 6400, 9600, 12160, 5120]);
  });

  test("random lifetimes are packed within 10% of the widest moment, on average", () => {
    let [sum, runs] = [0, 0];
    fc.assert(
      fc.property(fc.array(block, { minLength: 100, maxLength: 100 }), (all) => {
        sum += placeInArena(all).bytes / widest(all, 64, 0);
        runs++;
      }),
    );
    expect(sum / runs).toBeLessThan(1.1);
  });
});
