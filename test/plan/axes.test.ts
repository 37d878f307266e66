import fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOf, stridesOf } from "../../src/core/shape.ts";
import { commonAxes, cutAxes, isInOrder, isRepetition, joinAxes } from "../../src/plan/axes.ts";

/** Where each element is read, in the order of the output: what strides mean. */
function places(strides: readonly number[], shape: readonly number[]): number[] {
  const inOrder = stridesOf(shape);
  return Array.from({ length: sizeOf(shape) }, (_, at) =>
    shape.reduce((place, length, axis) => place + (Math.floor(at / inOrder[axis]!) % length) * strides[axis]!, 0),
  );
}

const length = fc.constantFrom(1, 1, 2, 2, 3, 4, 6);
const shape = fc.array(length, { maxLength: 4 });
/** Broadcast, permuted and other ways to read. */
const readings = shape.chain((lengths) =>
  fc.record({
    shape: fc.constant(lengths),
    strides: fc.array(
      fc.tuple(...lengths.map((_, axis) => fc.constantFrom(0, stridesOf(lengths)[axis]!, 1, 2))) as fc.Arbitrary<
        number[]
      >,
      { minLength: 1, maxLength: 3 },
    ),
  }),
);

test("joined axes read the same places, and no two of them could be joined", () => {
  fc.assert(
    fc.property(readings, (reading) => {
      const joined = joinAxes(reading);
      reading.strides.forEach((strides, i) => {
        expect(places(joined.strides[i]!, joined.shape)).toEqual(places(strides, reading.shape));
      });
      expect(joined.shape).not.toContain(1);
      for (let axis = 1; axis < joined.shape.length; axis++)
        expect(joined.strides.every((s) => s[axis - 1] === s[axis]! * joined.shape[axis]!)).toBe(false);
    }),
  );
});

/** Two shapes of one size: the same lengths, perhaps in another order, multiplied together in other ways. */
const pairs = fc
  .tuple(fc.array(fc.constantFrom(1, 2, 2, 3), { maxLength: 5 }), fc.nat(31), fc.nat(31), fc.boolean())
  .map(
    ([lengths, a, b, turned]) => [grouped(lengths, a), grouped(turned ? lengths.toReversed() : lengths, b)] as const,
  );

/** The lengths, each multiplied to the one before where the bits of `kept` do not say that it is an axis of its own. */
function grouped(lengths: readonly number[], kept: number): number[] {
  const groups: number[] = [];
  for (const [i, length] of lengths.entries())
    if (groups.length === 0 || (kept >> i) & 1) groups.push(length);
    else groups[groups.length - 1]! *= length;
  return groups;
}

/** Where the axes of a shape begin: the products of the lengths from each axis to the end. */
const cuts = (lengths: readonly number[]): number[] => lengths.map((_, axis) => sizeOf(lengths.slice(axis)));

test("common axes cut both shapes, and exist if each cut divides the next", () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const all = [...new Set([...cuts(a), ...cuts(b)])].sort((m, n) => m - n);
      const nested = all.every((cut, i) => i === 0 || cut % all[i - 1]! === 0);
      const common = commonAxes(a, b);
      expect(common !== null).toBe(nested);
      if (!common) return;
      for (const from of [a, b])
        for (const strides of [stridesOf(from), from.map((_, axis) => (axis % 2) * 5)])
          expect(places(cutAxes(strides, from, common)!, common)).toEqual(places(strides, from));
    }),
    { numRuns: 500 },
  );
});

test("axes are cut where the shape has cuts, or not at all", () => {
  expect(cutAxes([1], [12], [3, 1, 4])).toEqual([4, 0, 1]);
  expect(cutAxes([7, 0], [3, 4], [3, 2, 2])).toEqual([7, 0, 0]);
  expect(cutAxes([4, 1], [3, 4], [12])).toBeNull();
  expect(cutAxes([3, 1], [4, 3], [3, 4])).toBeNull();
  expect(cutAxes([0], [0], [0, 4])).toEqual([0, 0]);
});

test("no elements: one axis, whatever the shape was", () => {
  expect(joinAxes({ shape: [3, 0], strides: [[1, 1]] })).toEqual({ shape: [0], strides: [[0]] });
  expect(commonAxes([3, 0], [0, 5])).toEqual([0]);
});

test("shapes of different sizes have no axes in common", () => {
  expect([commonAxes([2, 3], [3]), commonAxes([3], [2, 3]), commonAxes([4], [0])]).toEqual([null, null, null]);
});

test("reading in order, and in order with repetitions", () => {
  expect(isInOrder([4, 1], [3, 4])).toBe(true);
  expect(isInOrder([0, 4, 9, 1], [1, 3, 1, 4])).toBe(true);
  expect(isInOrder([1, 3], [3, 4])).toBe(false);
  expect(isInOrder([8, 1], [3, 4])).toBe(false);
  expect(isInOrder([0, 1], [3, 4])).toBe(false);
  expect(isRepetition([0, 1], [3, 4])).toBe(true);
  expect(isRepetition([4, 0, 1], [3, 5, 4])).toBe(true);
  expect(isRepetition([0, 0], [3, 4])).toBe(true);
  expect(isRepetition([1, 3], [3, 4])).toBe(false);
});
