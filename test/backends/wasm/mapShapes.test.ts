import { describe, expect, test } from "vitest";
import { emitMap } from "../../../src/backends/wasm/kernels/map/index.ts";
import { allocate, type DType } from "../../../src/core/dtype.ts";
import { stridesOf } from "../../../src/core/shape.ts";
import type { MapAttributes } from "../../../src/plan/plan.ts";
import { firstDifference, mapByKernel, mapByReference, step } from "./mapReference.ts";
import { runKernel } from "./runKernel.ts";

const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * 12.9898 + seed * 78.233) * 3);

/** An input large enough for its strides. */
function inputFor(shape: readonly number[], strides: readonly number[], seed: number): Float32Array {
  const last = shape.reduce((offset, length, axis) => offset + (length - 1) * strides[axis]!, 0);
  return numbers(shape.includes(0) ? 1 : last + 1, seed);
}

function expectMap(attributes: MapAttributes, inputs: readonly Float32Array[]): void {
  const actual = mapByKernel(attributes, inputs);
  const expected = mapByReference(attributes, inputs);
  const i = firstDifference(actual, expected);
  const { shape, strides } = attributes;
  expect(i, `shape [${shape}], strides ${JSON.stringify(strides)}: ${expected[i]} expected, got ${actual[i]}`).toBe(-1);
}

/** `a · b − a`, which shows what was read from where. */
function expectReads(shape: readonly number[], ...strides: [readonly number[], readonly number[]]): void {
  const body = [step("mul", 0, 1), step("sub", 2, 0)];
  expectMap(
    { shape, strides, body },
    strides.map((moves, i) => inputFor(shape, moves, i)),
  );
}

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 63, 64, 65];

describe.each(lengths)("rows of %i", (length) => {
  test("contiguous", () => {
    for (const shape of [[length], [3, length], [2, 3, length]]) expectReads(shape, stridesOf(shape), stridesOf(shape));
  });

  test("a number, a row or a column against an array", () => {
    const shape = [5, length];
    for (const moves of [
      [0, 0],
      [0, 1],
      [1, 0],
    ]) {
      expectReads(shape, stridesOf(shape), moves);
      expectReads(shape, moves, stridesOf(shape));
    }
    expectReads(shape, [1, 0], [0, 1]);
    expectReads(shape, [0, 0], [0, 0]);
  });

  test("a parameter of each channel", () => {
    for (const channels of [2, 7, 33]) {
      const shape = [2, channels, length];
      expectReads(shape, stridesOf(shape), [0, 1, 0]);
      expectReads(shape, [channels, 1, 0], [0, 1, 0]);
      expectReads(shape, [0, length, 1], stridesOf(shape));
      expectReads(shape, [length, 0, 1], stridesOf(shape));
    }
  });

  test("every other element, and transposed", () => {
    expectReads([length], [2], [1]);
    expectReads([length], [3], [5]);
    expectReads([4, length], [1, 4], [length, 1]);
    expectReads([4, length], [1, 4], [1, 4]);
    expectReads([3, 4, length], [4 * length, 1, 4], [1, 3, 12]);
    expectReads([3, 4, length], [0, 1, 4], [2, 0, 9]);
    expectReads([1000, length], [1, 1000], [length, 1]);
  });
});

test("no axes, one element, nothing", () => {
  expectReads([], [], []);
  expectReads([1], [0], [7]);
  expectReads([1, 1, 1], [5, 0, 1], [0, 0, 0]);
  for (const shape of [[0], [3, 0], [0, 4], [2, 0, 5]])
    expectReads(
      shape,
      stridesOf(shape),
      shape.map(() => 0),
    );
});

test("up to five axes, none of which join", () => {
  for (const shape of [
    [3, 2, 5],
    [2, 3, 2, 7],
    [2, 3, 4, 2, 5],
    [2, 3, 4, 2, 3],
    [9, 1, 4, 2, 1],
  ]) {
    const backwards = stridesOf([...shape].reverse()).reverse();
    const alternating = stridesOf(shape).map((stride, axis) => (axis % 2 ? 0 : stride));
    expectReads(shape, stridesOf(shape), backwards);
    expectReads(shape, backwards, alternating);
    expectReads(shape, alternating, alternating);
  }
});

test("any number of inputs", () => {
  const shape = [6, 11];
  for (const count of [1, 3, 8, 32]) {
    const strides = Array.from(
      { length: count },
      (_, i) =>
        [
          [11, 1],
          [1, 0],
          [0, 1],
          [1, 6],
          [0, 0],
        ][i % 5]!,
    );
    const body = Array.from({ length: Math.max(count - 1, 1) }, (_, i) =>
      step(i % 2 ? "sub" : "maximum", i === 0 ? 0 : count + i - 1, Math.min(i + 1, count - 1)),
    );
    expectMap(
      { shape, strides, body },
      strides.map((moves, i) => inputFor(shape, moves, i)),
    );
  }
});

test("other element types have no kernel", () => {
  const run = (types: readonly DType[], outType: DType) => () =>
    runKernel(
      emitMap,
      { shape: [4], strides: [[1], [1]], body: [step("add", 0, 1)] },
      types.map((type) => allocate(type, 4)),
      outType,
      4,
    );
  expect(run(["float32", "float32"], "float32")).not.toThrow();
  expect(run(["float64", "float64"], "float64")).toThrow("no kernel");
  expect(run(["int32", "int32"], "int32")).toThrow("no kernel");
  expect(run(["float32", "float32"], "int32")).toThrow("no kernel");
});
