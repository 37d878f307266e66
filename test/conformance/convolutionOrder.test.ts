import type { Tensor } from "atrous";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Conv1dGeometry } from "../../src/core/geometry.ts";
import { conv, convInput, convWeight } from "../../src/ops/convolution/kernels.ts";
import { filled, geometries, reals, seeds } from "../properties/arbitraries.ts";
import { literalKernels } from "./literalOrder.ts";

const round = { float32: Math.fround, float64: (value: number) => value };

type FloatArray = Float32Array | Float64Array;
const arrayOf = (x: Tensor): FloatArray => x.dataSync() as FloatArray;

/** Equality of every bit; Object.is tells −0 from 0 and lets NaN equal NaN. */
function expectBits(actual: Tensor, expected: readonly number[]): void {
  expect([...arrayOf(actual)]).toEqual(expected);
}

function compare(geometry: Conv1dGeometry, seed: number, dtype: "float32" | "float64"): void {
  const { batch, inChannels, outChannels, groups, kernelSize, xLength, gLength } = geometry;
  const next = reals(seed);
  const x = filled([batch, inChannels, xLength], next, dtype);
  const w = filled([outChannels, inChannels / groups, kernelSize], next, dtype);
  const g = filled([batch, outChannels, gLength], next, dtype);
  const literal = literalKernels(round[dtype]);
  expectBits(conv(x, w, geometry), literal.conv1d(geometry, arrayOf(x), arrayOf(w)));
  expectBits(convInput(g, w, geometry), literal.conv1dInput(geometry, arrayOf(g), arrayOf(w)));
  expectBits(convWeight(x, g, geometry), literal.conv1dWeight(geometry, arrayOf(x), arrayOf(g)));
}

describe.each(["float32", "float64"] as const)(
  "the order of summation is the documented one, bit for bit, %s",
  (dtype) => {
    test("any geometry", () => {
      fc.assert(
        fc.property(geometries, seeds, (geometry, seed) => compare(geometry, seed, dtype)),
        { numRuns: 300 },
      );
    });

    test.each([1, 3, 4, 5, 255, 256, 257, 258, 511, 512, 513, 770])(
      "a weight gradient over %i positions",
      (gLength) => {
        for (const batch of [1, 2, 3])
          for (const [stride, dilation, padBefore, cut] of [
            [1, 1, 0, 0],
            [1, 2, 3, 0],
            [2, 3, 5, 0],
            [3, 1, 2, 7], // the signal ends before the last windows
          ] as const) {
            const kernelSize = 3;
            const xLength = Math.max(gLength * stride + dilation * (kernelSize - 1) - cut, 1);
            const lengths = { xLength, gLength, batch, kernelSize };
            const geometry = { ...lengths, inChannels: 4, outChannels: 2, groups: 2, stride, dilation, padBefore };
            compare(geometry, gLength + batch, dtype);
          }
      },
    );
  },
);

test("the numbers are such that another order would show", () => {
  const geometry = { batch: 1, inChannels: 3, outChannels: 2, groups: 1, kernelSize: 5, stride: 1, dilation: 1 };
  const whole = { ...geometry, padBefore: 0, xLength: 304, gLength: 300 };
  const next = reals(1);
  const x = filled([1, 3, 304], next, "float32");
  const w = filled([2, 3, 5], next, "float32");
  const g = filled([1, 2, 300], next, "float32");
  const [once, never] = [literalKernels(Math.fround), literalKernels((value) => value)];
  const share = (ours: Tensor, other: readonly number[]): number => {
    const values = arrayOf(ours);
    return other.filter((value, i) => Math.fround(value) !== values[i]).length / other.length;
  };
  // Summed in double and rounded at the end instead.
  expect(share(conv(x, w, whole), never.conv1d(whole, arrayOf(x), arrayOf(w)))).toBeGreaterThan(0.3);
  expect(share(convInput(g, w, whole), never.conv1dInput(whole, arrayOf(g), arrayOf(w)))).toBeGreaterThan(0.3);
  expect(share(convWeight(x, g, whole), never.conv1dWeight(whole, arrayOf(x), arrayOf(g)))).toBeGreaterThan(0.3);
  // Without its lanes: the same terms shifted by one position, hence in other lanes and blocks.
  const shifted = { ...whole, gLength: 301, padBefore: 1 };
  const late = new Float32Array(602);
  for (const o of [0, 1]) late.set(arrayOf(g).subarray(o * 300, (o + 1) * 300), o * 301 + 1);
  expect(share(convWeight(x, g, whole), once.conv1dWeight(shifted, arrayOf(x), late))).toBeGreaterThan(0.3);
});
