/**
 * sum in WebAssembly. Down columns the bits of the reference; along rows there are several partial sums in double, so a result may
 * be the neighbouring float32 number, and where n numbers nearly cancel it may be off by 2n · 2⁻⁵³ · Σ|x|.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sum } from "../../../src/backends/reference/sum.ts";
import { emitSum } from "../../../src/backends/wasm/kernels/sum.ts";
import type { Kernels } from "../../../src/core/kernels.ts";
import { sizeOf, stridesOf } from "../../../src/core/shape.ts";
import { between, both, type Contents, contents, expectSame, floats } from "./agreement.ts";
import { runKernel } from "./runKernel.ts";

const SOME: Contents = { seed: 3, special: 0 };

/** The sum over the axes that are not `kept`. */
function over(shape: readonly number[], kept: readonly boolean[]): { attributes: Kernels["sum"]; outSize: number } {
  const outShape = shape.map((length, axis) => (kept[axis] ? length : 1));
  const outStrides = stridesOf(outShape).map((stride, axis) => (kept[axis] ? stride : 0));
  return { attributes: { shape, outStrides }, outSize: sizeOf(outShape) };
}

/** The distance to the next float32 number. */
function spacing(value: number): number {
  if (value === 0) return 2 ** -149;
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 23, -149);
}

function expectClose(shape: readonly number[], kept: readonly boolean[], given: Contents): void {
  const { attributes, outSize } = over(shape, kept);
  const x = floats(given, sizeOf(shape));
  const { actual, expected } = both(emitSum, sum, attributes, [x], "float32", outSize);
  const magnitudes = new Float32Array(outSize);
  sum(attributes, [x.map(Math.abs)], magnitudes);
  const terms = sizeOf(shape) / outSize;
  expected.forEach((value: number | bigint, i: number) => {
    const [is, should] = [Number(actual[i]), Number(value)];
    if (Object.is(is, should)) return;
    const allowed = spacing(should) + 2 * terms * 2 ** -53 * magnitudes[i]!;
    expect(Math.abs(is - should), `${shape} at ${i}: ${is} for ${should}`).toBeLessThanOrEqual(allowed);
  });
}

function expectBits(shape: readonly number[], kept: readonly boolean[], given: Contents): void {
  const { attributes, outSize } = over(shape, kept);
  expectSame(emitSum, sum, attributes, [floats(given, sizeOf(shape))], "float32", outSize);
}

const axes = fc
  .array(
    fc.record({
      length: fc.oneof(
        { weight: 12, arbitrary: between(1, 9) },
        { weight: 3, arbitrary: between(10, 40) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      kept: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .filter((described) => sizeOf(described.map(({ length }) => length)) < 20000);

describe("sum", () => {
  test("over any axes of any shape, to within the stated error", () => {
    fc.assert(
      fc.property(axes, contents, (described, given) =>
        expectClose(
          described.map(({ length }) => length),
          described.map(({ kept }) => kept),
          given,
        ),
      ),
      { numRuns: 500 },
    );
  });

  test.each([1, 2, 3, 7, 8, 9, 15, 16, 17, 100, 8191, 8192, 8193, 8200, 20000])("rows of %i", (length) => {
    expectClose([length], [false], SOME);
    expectClose([3, length], [true, false], SOME);
    expectClose([3, 2, length], [false, true, false], SOME);
    expectClose([2, 3, 2, length], [true, false, true, false], SOME);
  });

  test.each([1, 2, 3, 4, 5, 63, 1023, 1024, 1025, 1027, 2048, 2051])("columns of %i, bit for bit", (length) => {
    for (const rows of [2, 3, 4, 5, 8, 11]) {
      expectBits([rows, length], [false, true], SOME);
      expectBits([2, rows, length], [true, false, true], SOME);
      expectBits([rows, 3, 2, length], [false, true, false, true], SOME);
    }
  });

  test("bias gradients: over batch and time", () => {
    expectClose([32, 64, 400], [false, true, false], SOME);
    expectClose([32, 64, 1], [false, true, false], SOME);
    expectClose([1, 64, 400], [false, true, false], SOME);
  });

  test("what is not summed over anything stays, −0 as +0", () => {
    const values = Float32Array.of(1, -0, Number.NaN, Number.NEGATIVE_INFINITY, 1e-45);
    const attributes = { shape: [5, 1], outStrides: [1, 0] };
    expect(runKernel(emitSum, attributes, [values], "float32", 5)).toEqual(
      Float32Array.of(1, 0, Number.NaN, Number.NEGATIVE_INFINITY, 1e-45),
    );
    expect(runKernel(emitSum, { shape: [], outStrides: [] }, [Float32Array.of(-0)], "float32", 1)).toEqual(
      Float32Array.of(0),
    );
  });

  test("over nothing is 0", () => {
    for (const [shape, outStrides, size] of [
      [[0], [0], 1],
      [[3, 0], [1, 0], 3],
      [[0, 30], [0, 1], 30],
      [[2, 0, 5], [5, 0, 1], 10],
      [[0, 4], [1, 0], 0],
    ] as const)
      expect(runKernel(emitSum, { shape, outStrides }, [new Float32Array(0)], "float32", size)).toEqual(
        new Float32Array(size),
      );
  });

  test("NaN and infinities arrive wherever they stand", () => {
    for (const length of [1, 5, 8, 21]) {
      const ones = new Float32Array(length).fill(1);
      const total = (values: Float32Array, kept: boolean[], shape: number[], size: number): number[] => {
        const out = runKernel(emitSum, over(shape, kept).attributes, [values], "float32", size);
        return Array.from(out as Float32Array);
      };
      for (let at = 0; at < length; at++)
        for (const special of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          expect(total(ones.with(at, special), [false], [length], 1)).toEqual([special]);
          expect(total(ones.with(at, special), [false, true], [1, length], length)).toEqual(
            Array.from(ones.with(at, special)),
          );
        }
      if (length > 1) {
        const opposed = ones.with(0, Number.POSITIVE_INFINITY).with(length - 1, Number.NEGATIVE_INFINITY);
        expect(total(opposed, [false], [length], 1)).toEqual([Number.NaN]);
      }
    }
  });

  test("sums that would lose the small numbers in float32 keep them", () => {
    const length = 100_000;
    const values = new Float32Array(length + 1).fill(2 ** -20);
    values[0] = 2 ** 10;
    const out = runKernel(emitSum, { shape: [length + 1], outStrides: [0] }, [values], "float32", 1);
    expect(out[0]).toBe(Math.fround(2 ** 10 + length * 2 ** -20));
  });

  test("what it has no kernel for", () => {
    const attributes = { shape: [2], outStrides: [0] };
    expect(() => runKernel(emitSum, attributes, [new Float64Array(2)], "float64", 1)).toThrow("no kernel");
    expect(() => runKernel(emitSum, attributes, [new Int32Array(2)], "int32", 1)).toThrow("no kernel");
    const turned = { shape: [2, 3, 4], outStrides: [1, 2, 0] };
    expect(() => runKernel(emitSum, turned, [new Float32Array(24)], "float32", 6)).toThrow("no kernel");
  });
});
