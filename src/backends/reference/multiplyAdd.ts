/**
 * The inner loops of the convolutions, each written once per element type. One loop for both types would have its rounding behind
 * a call that the engine no longer inlines once both types have run: 5 times slower (measured on Node 20).
 *
 * In float32 the product is rounded by `Math.fround` and the sum by storing it, or by `Math.fround` again: the double sum of two
 * floats, rounded to float, is their float32 sum, because a double has more than twice the digits.
 */
import type { TypedArray } from "../../core/dtype.ts";

export type FloatArray = Float32Array | Float64Array;

/** `y[yStart + t·yStep] += weight · x[xStart + t·xStep]` for t in 0..count−1. */
type MultiplyAdd = (
  y: FloatArray,
  yStart: number,
  yStep: number,
  x: FloatArray,
  xStart: number,
  xStep: number,
  weight: number,
  count: number,
) => void;

const multiplyAdd32: MultiplyAdd = (y, yStart, yStep, x, xStart, xStep, weight, count) => {
  for (let t = 0; t < count; t++) {
    const at = yStart + t * yStep;
    y[at] = y[at]! + Math.fround(weight * x[xStart + t * xStep]!);
  }
};

const multiplyAdd64: MultiplyAdd = (y, yStart, yStep, x, xStart, xStep, weight, count) => {
  for (let t = 0; t < count; t++) {
    const at = yStart + t * yStep;
    y[at] = y[at]! + weight * x[xStart + t * xStep]!;
  }
};

export const multiplyAddFor = (array: TypedArray): MultiplyAdd =>
  array instanceof Float32Array ? multiplyAdd32 : multiplyAdd64;

/**
 * `Σ a[aStart + t] · b[bStart + t·bStep]` for t in first..end−1, in four lanes: the terms with t ≡ lane (mod 4) are summed
 * sequentially from +0, then (lane0 + lane1) + (lane2 + lane3). Four, because a 128-bit vector holds four floats.
 */
type Dot = (
  a: FloatArray,
  aStart: number,
  b: FloatArray,
  bStart: number,
  bStep: number,
  first: number,
  end: number,
) => number;

const lanes32 = new Float32Array(4);
const lanes64 = new Float64Array(4);

const dot32: Dot = (a, aStart, b, bStart, bStep, first, end) => {
  const round = Math.fround;
  const aligned = Math.min(end, (first + 3) & ~3);
  const last = aligned + ((end - aligned) & ~3);
  lanes32.fill(0);
  for (let t = first; t < aligned; t++) lanes32[t & 3]! += round(a[aStart + t]! * b[bStart + t * bStep]!);
  let [s0, s1, s2, s3] = lanes32 as unknown as [number, number, number, number];
  for (let t = aligned; t < last; t += 4) {
    const at = aStart + t;
    const bt = bStart + t * bStep;
    s0 = round(s0 + round(a[at]! * b[bt]!));
    s1 = round(s1 + round(a[at + 1]! * b[bt + bStep]!));
    s2 = round(s2 + round(a[at + 2]! * b[bt + 2 * bStep]!));
    s3 = round(s3 + round(a[at + 3]! * b[bt + 3 * bStep]!));
  }
  lanes32.set([s0, s1, s2, s3]);
  for (let t = last; t < end; t++) lanes32[t & 3]! += round(a[aStart + t]! * b[bStart + t * bStep]!);
  return round(round(lanes32[0]! + lanes32[1]!) + round(lanes32[2]! + lanes32[3]!));
};

const dot64: Dot = (a, aStart, b, bStart, bStep, first, end) => {
  lanes64.fill(0);
  for (let t = first; t < end; t++) lanes64[t & 3]! += a[aStart + t]! * b[bStart + t * bStep]!;
  return lanes64[0]! + lanes64[1]! + (lanes64[2]! + lanes64[3]!);
};

export const dotFor = (array: TypedArray): Dot => (array instanceof Float32Array ? dot32 : dot64);
