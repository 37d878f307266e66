/** gather, scatterAdd, copy and concat in WebAssembly: the bits of the reference, and nothing written beside the result. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, copy, gather, scatterAdd } from "../../../src/backends/reference/movement.ts";
import { emitConcat } from "../../../src/backends/wasm/kernels/concat.ts";
import { emitCopy } from "../../../src/backends/wasm/kernels/copy.ts";
import { emitGather } from "../../../src/backends/wasm/kernels/gather.ts";
import { segmentsOf } from "../../../src/backends/wasm/kernels/indices/segments.ts";
import { emitScatterAdd } from "../../../src/backends/wasm/kernels/scatterAdd.ts";
import type { AxisIndex, Kernels } from "../../../src/core/kernels.ts";
import { sizeOf, stridesOf } from "../../../src/core/shape.ts";
import { between, type Contents, contents, expectSame, floats, integers } from "./agreement.ts";
import { MAPPINGS, mappings } from "./indexMaps.ts";
import { runKernel } from "./runKernel.ts";

const LENGTHS = [1, 2, 3, 4, 5, 8, 17, 41];
const SOME: Contents = { seed: 7, special: 0.2 };

function checkGather(attributes: AxisIndex, given: Contents): void {
  const { outer, length, inner, index } = attributes;
  const [size, outSize] = [outer * length * inner, outer * index.length * inner];
  expectSame(emitGather, gather, attributes, [floats(given, size)], "float32", outSize);
  expectSame(emitGather, gather, attributes, [integers(given, size)], "int32", outSize);
}

function checkScatter(attributes: AxisIndex, given: Contents): void {
  const { outer, length, inner, index } = attributes;
  const g = floats(given, outer * index.length * inner);
  expectSame(emitScatterAdd, scatterAdd, attributes, [g], "float32", outer * length * inner);
}

const around = fc.record({
  outer: between(0, 3),
  length: between(0, 60),
  inner: fc.oneof(fc.constant(1), between(0, 20)),
  mapping: mappings,
});

describe("index maps as segments", () => {
  const rebuilt = (index: Int32Array): number[] | undefined =>
    segmentsOf(index, 1)?.flatMap(({ count, from, step, times }) =>
      Array.from({ length: count }, (_, j) => from + step * Math.floor(j / times)),
    );

  test("say what the map says", () => {
    fc.assert(
      fc.property(mappings, between(0, 60), (mapping, length) => {
        const index = mapping(length);
        const segments = segmentsOf(index, 1);
        if (!segments) return;
        expect(rebuilt(index)).toEqual(Array.from(index));
        let at = 0;
        for (const segment of segments) {
          expect(segment.at).toBe(at);
          expect(segment.count % segment.times).toBe(0);
          at += segment.count;
        }
      }),
    );
  });

  test.each([
    ["zeros 1, 1", 3],
    ["crop", 1],
    ["reflect 3, 2", 3],
    ["replicate 5, 9", 3],
    ["circular 2, 3", 3],
    ["slice, every second", 1],
    ["flip", 1],
    ["twice each", 1],
    ["nine times each", 1],
    ["twice each, backwards", 1],
    ["once, then twice each", 2],
    ["one place, many times", 1],
    ["zeros only", 1],
  ])("%s: %i segments", (name, count) => {
    const index = MAPPINGS[name]!(100);
    expect(segmentsOf(index, 1)).toHaveLength(count);
    expect(rebuilt(index)).toEqual(Array.from(index));
  });

  test.each(["one and a half times", "zeros between", "scattered"])("%s: too many of them", (name) => {
    expect(segmentsOf(MAPPINGS[name]!(100), 1)).toBeNull();
  });
});

describe("gather", () => {
  describe.each(Object.entries(MAPPINGS))("%s", (_, mapping) => {
    test.each(LENGTHS)("length %i", (length) => {
      for (const inner of [1, 3, 17, 40])
        for (const outer of [1, 3]) checkGather({ outer, length, inner, index: mapping(length) }, SOME);
    });
  });

  test("any map on any axis", () => {
    fc.assert(
      fc.property(around, contents, ({ mapping, ...rest }, given) =>
        checkGather({ ...rest, index: mapping(rest.length) }, given),
      ),
      { numRuns: 300 },
    );
  });

  test("what it has no kernel for", () => {
    const attributes = { outer: 1, length: 2, inner: 1, index: Int32Array.of(1, 0) };
    expect(() => runKernel(emitGather, attributes, [new Float64Array(2)], "float64", 2)).toThrow("no kernel");
    const beyond = { ...attributes, index: Int32Array.of(0, 2) };
    expect(() => runKernel(emitGather, beyond, [new Float32Array(2)], "float32", 2)).toThrow("no kernel");
  });
});

describe("scatterAdd", () => {
  describe.each(Object.entries(MAPPINGS))("%s", (_, mapping) => {
    test.each(LENGTHS)("length %i", (length) => {
      for (const inner of [1, 3, 17])
        for (const outer of [1, 3]) checkScatter({ outer, length, inner, index: mapping(length) }, SOME);
    });
  });

  test("any map on any axis", () => {
    fc.assert(
      fc.property(around, contents, ({ mapping, ...rest }, given) =>
        checkScatter({ ...rest, index: mapping(rest.length) }, given),
      ),
      { numRuns: 300 },
    );
  });

  test("−0 becomes +0: sums start there", () => {
    for (const mapping of [MAPPINGS["zeros 1, 1"]!, MAPPINGS.flip!, MAPPINGS["slice, every second"]!])
      for (const inner of [1, 5]) {
        const index = mapping(9);
        const g = new Float32Array(index.length * inner).fill(-0);
        const out = runKernel(emitScatterAdd, { outer: 1, length: 9, inner, index }, [g], "float32", 9 * inner);
        expect(out).toEqual(new Float32Array(9 * inner));
      }
  });

  test("three numbers in one place are added in their order", () => {
    // 2²⁴ + 1 − 2²⁴ is 0 in float32, and 1 in the order in which the longest part comes first.
    const index = Int32Array.from([0, 1, 0, 1, 2, 3, 4, 5, 0]);
    const g = Float32Array.from([2 ** 24, 1, 1, 1, 1, 1, 1, 1, -(2 ** 24)]);
    for (const inner of [1, 2]) {
      const wide = g.length * inner;
      const values = Float32Array.from({ length: wide }, (_, i) => g[Math.floor(i / inner)]!);
      const out = runKernel(emitScatterAdd, { outer: 1, length: 6, inner, index }, [values], "float32", 6 * inner);
      expect(out[0]).toBe(0);
      expect(out[inner]).toBe(2);
    }
  });

  test("what it has no kernel for", () => {
    const attributes = { outer: 1, length: 2, inner: 1, index: Int32Array.of(1, 0) };
    const beyond = { ...attributes, index: Int32Array.of(0, 2) };
    expect(() => runKernel(emitScatterAdd, beyond, [new Float32Array(2)], "float32", 2)).toThrow("no kernel");
    expect(() => runKernel(emitScatterAdd, attributes, [new Int32Array(2)], "int32", 2)).toThrow("no kernel");
    expect(() => runKernel(emitScatterAdd, attributes, [new Float64Array(2)], "float64", 2)).toThrow("no kernel");
  });
});

describe("copy", () => {
  function check(attributes: Kernels["copy"], given: Contents): void {
    const { shape, strides } = attributes;
    const size = sizeOf(shape);
    const reach = size === 0 ? 0 : shape.reduce((last, length, axis) => last + (length - 1) * strides[axis]!, 1);
    expectSame(emitCopy, copy, attributes, [floats(given, reach)], "float32", size);
    expectSame(emitCopy, copy, attributes, [integers(given, reach)], "int32", size);
  }
  const permuted = (shape: readonly number[], order: readonly number[]): Kernels["copy"] => ({
    shape: order.map((axis) => shape[axis]!),
    strides: order.map((axis) => stridesOf(shape)[axis]!),
  });

  test("any shape and strides: permuted, repeated, with gaps", () => {
    const axes = fc.array(
      fc.record({
        length: fc.oneof({ weight: 9, arbitrary: between(1, 9) }, { weight: 1, arbitrary: fc.constant(0) }),
        place: fc.nat(),
        repeats: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
        gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, between(1, 2)),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(axes, contents, (described, given) => {
        const strides = described.map(() => 0);
        let step = 1;
        const byPlace = described.map((axis, i) => ({ ...axis, i })).sort((a, b) => a.place - b.place);
        for (const { length, repeats, gap, i } of byPlace) {
          if (repeats) continue;
          step += gap;
          strides[i] = step;
          step *= Math.max(length, 1);
        }
        check({ shape: described.map(({ length }) => length), strides }, given);
      }),
      { numRuns: 300 },
    );
  });

  test.each([2, 3, 4, 5, 7, 8, 63, 64, 66, 67, 68, 69, 133])("transposes with %i on one side", (length) => {
    for (const other of [3, 4, 5, 8, 11, 70]) {
      check(permuted([length, other], [1, 0]), SOME);
      check(permuted([other, length], [1, 0]), SOME);
      check(permuted([3, length, other], [0, 2, 1]), SOME);
      check(permuted([length, 3, other], [2, 1, 0]), SOME);
      check(permuted([length, other, 3], [1, 0, 2]), SOME);
    }
  });

  test("broadcasts rows, columns and single numbers", () => {
    for (const length of [1, 2, 3, 4, 5, 16, 17, 100]) {
      check({ shape: [3, length], strides: [0, 1] }, SOME);
      check({ shape: [length, 3], strides: [1, 0] }, SOME);
      check({ shape: [length, 3], strides: [2, 0] }, SOME);
      check({ shape: [2, 5, length], strides: [0, 1, 0] }, SOME);
      check({ shape: [length], strides: [0] }, SOME);
      check({ shape: [length], strides: [1] }, SOME);
      check({ shape: [length], strides: [3] }, SOME);
      check({ shape: [5, length], strides: [0, 2] }, SOME);
      check({ shape: [4, 5, length], strides: [0, 1, 5] }, SOME);
    }
    check({ shape: [], strides: [] }, SOME);
    check({ shape: [4, 0], strides: [1, 1] }, SOME);
  });

  test("is for elements of four bytes", () => {
    const attributes = { shape: [2], strides: [1] };
    expect(() => runKernel(emitCopy, attributes, [new Float64Array(2)], "float64", 2)).toThrow("no kernel");
    expect(() => runKernel(emitCopy, attributes, [new BigInt64Array(2)], "int64", 2)).toThrow("no kernel");
  });
});

describe("concat", () => {
  test("any lengths on any axis", () => {
    fc.assert(
      fc.property(
        between(0, 4),
        fc.array(between(0, 40), { minLength: 1, maxLength: 5 }),
        between(0, 9),
        contents,
        (outer, lengths, inner, given) => {
          const outSize = outer * inner * lengths.reduce((a, b) => a + b, 0);
          const sizes = lengths.map((length) => outer * length * inner);
          const attributes = { outer, lengths, inner };
          const inputs = sizes.map((size, i) => floats({ ...given, seed: given.seed + i }, size));
          expectSame(emitConcat, concat, attributes, inputs, "float32", outSize);
          const whole = sizes.map((size, i) => integers({ ...given, seed: given.seed + i }, size));
          expectSame(emitConcat, concat, attributes, whole, "int32", outSize);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("is for elements of four bytes", () => {
    const attributes = { outer: 1, lengths: [2], inner: 1 };
    expect(() => runKernel(emitConcat, attributes, [new Float64Array(2)], "float64", 2)).toThrow("no kernel");
  });
});
