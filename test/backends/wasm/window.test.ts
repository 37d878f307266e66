/** argmaxWindow, take and put in WebAssembly: the bits of the reference, and nothing written beside the result. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argmaxWindow, put, take } from "../../../src/backends/reference/window.ts";
import { emitArgmaxWindow } from "../../../src/backends/wasm/kernels/argmaxWindow.ts";
import { emitPut } from "../../../src/backends/wasm/kernels/put.ts";
import { emitTake } from "../../../src/backends/wasm/kernels/take.ts";
import type { WindowGeometry } from "../../../src/core/kernels.ts";
import { between, type Contents, contents, expectSame, floats, integers } from "./agreement.ts";
import { runKernel } from "./runKernel.ts";

const NAN = Number.NaN;

describe("argmaxWindow", () => {
  const check = (geometry: WindowGeometry, given: Contents): void =>
    expectSame(
      emitArgmaxWindow,
      argmaxWindow,
      geometry,
      [floats(given, geometry.rows * geometry.length)],
      "int32",
      geometry.rows * geometry.outLength,
    );

  const windows = fc.record({
    rows: between(0, 3),
    length: between(1, 90),
    outLength: between(0, 40),
    kernelSize: fc.oneof(between(1, 6), between(7, 40)),
    stride: between(1, 5),
    dilation: fc.oneof(fc.constant(1), between(1, 4)),
    padBefore: fc.oneof(fc.constant(0), between(0, 50)),
  });

  test("any windows, also such that meet nothing of the row", () => {
    fc.assert(fc.property(windows, contents, check), { numRuns: 1000 });
  });

  test.each([
    [2, 2, 0],
    [3, 1, 1],
    [3, 2, 1],
    [4, 4, 0],
    [5, 3, 2],
    [17, 1, 8],
    [18, 2, 9],
    [40, 40, 0],
  ])("the windows of networks: kernel %i, stride %i, padding %i", (kernelSize, stride, padBefore) => {
    for (const length of [40, 41, 43, 64, 200])
      for (const special of [0, 0.05, 0.5]) {
        const outLength = Math.floor((length + 2 * padBefore - kernelSize) / stride) + 1;
        const geometry = { rows: 3, length, outLength, kernelSize, stride, dilation: 1, padBefore };
        check(geometry, { seed: length, special });
      }
  });

  const whole = (values: readonly number[], given: Partial<WindowGeometry> = {}): number[] => {
    const geometry = {
      rows: 1,
      length: values.length,
      outLength: 1,
      kernelSize: values.length,
      stride: 1,
      dilation: 1,
      padBefore: 0,
      ...given,
    };
    const out = runKernel(emitArgmaxWindow, geometry, [Float32Array.from(values)], "int32", geometry.outLength);
    return Array.from(out as Int32Array);
  };

  test("the first of equal maxima, and the first NaN, wherever they are", () => {
    for (const size of [3, 16, 17, 18, 19, 33]) {
      const low = Array.from({ length: size }, (_, i) => -i - 1);
      for (let at = 0; at < size; at++) {
        expect(whole(low.with(at, 5).with(size - 1, 5))).toEqual([at]);
        expect(whole(low.with(size - 1, NAN).with(at, NAN))).toEqual([at]);
        expect(whole(low.with(at, NAN).map((value, i) => (i > at ? Number.POSITIVE_INFINITY : value)))).toEqual([at]);
      }
      expect(whole(low.map(() => Number.NEGATIVE_INFINITY))).toEqual([0]);
      expect(whole(low.map((_, i) => (i === 0 ? -0 : 0)))).toEqual([0]);
    }
  });

  test("padding never wins, and a window of padding has no maximum", () => {
    const none = Number.NEGATIVE_INFINITY;
    expect(whole([none, none], { kernelSize: 3, outLength: 4, padBefore: 2 })).toEqual([0, 0, 0, 1]);
    expect(whole([7], { kernelSize: 2, outLength: 4, padBefore: 3 })).toEqual([-1, -1, 0, 0]);
    const long = whole([1, 2, 3], { kernelSize: 20, outLength: 3, padBefore: 25, stride: 24 });
    expect(long).toEqual([-1, 2, -1]);
  });

  test("is for float32 alone", () => {
    const geometry = { rows: 1, length: 2, outLength: 1, kernelSize: 2, stride: 1, dilation: 1, padBefore: 0 };
    expect(() => runKernel(emitArgmaxWindow, geometry, [new Float64Array(2)], "int32", 1)).toThrow("no kernel");
    expect(() => runKernel(emitArgmaxWindow, geometry, [new Int32Array(2)], "int32", 1)).toThrow("no kernel");
  });
});

describe("take and put", () => {
  const rows = fc
    .record({
      rows: between(0, 4),
      length: between(1, 30),
      count: between(0, 30),
      outside: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ rows, length, count, outside, seed }) => {
      // Indices are trusted to lie in 0 … length − 1; what happens to others is the reference's choice, as long as memory is safe.
      const [least, range] = outside ? [-2 * length, 5 * length] : [0, length];
      const index = integers({ seed, special: 0 }, rows * count).map((value) => least + (Math.abs(value) % range));
      return { rows, length, count, index };
    });

  test("read and add up at any places", () => {
    fc.assert(
      fc.property(rows, contents, ({ index, ...attributes }, given) => {
        const [size, picked] = [attributes.rows * attributes.length, attributes.rows * attributes.count];
        expectSame(emitTake, take, attributes, [floats(given, size), index], "float32", picked);
        expectSame(emitTake, take, attributes, [integers(given, size), index], "int32", picked);
        expectSame(emitPut, put, attributes, [floats(given, picked), index], "float32", size);
      }),
      { numRuns: 500 },
    );
  });

  test("put adds in order, from +0 on", () => {
    const attributes = { rows: 1, length: 3, count: 4 };
    const inputs = [Float32Array.of(2 ** 24, 1, -(2 ** 24), -0), Int32Array.of(0, 0, 0, 1)];
    expect(runKernel(emitPut, attributes, inputs, "float32", 3)).toEqual(Float32Array.of(0, 0, 0));
  });

  test("put leaves zeros where there is nothing to put", () => {
    const nothing = [new Float32Array(0), new Int32Array(0)];
    const attributes = { rows: 3, length: 7, count: 0 };
    expect(runKernel(emitPut, attributes, nothing, "float32", 21)).toEqual(new Float32Array(21));
  });

  test("what they have no kernel for", () => {
    const attributes = { rows: 1, length: 2, count: 1 };
    const index = Int32Array.of(1);
    expect(() => runKernel(emitTake, attributes, [new Float64Array(2), index], "float64", 1)).toThrow("no kernel");
    expect(() => runKernel(emitPut, attributes, [new Int32Array(1), index], "int32", 2)).toThrow("no kernel");
  });
});
