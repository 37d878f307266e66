import type { TypedArray } from "../../src/core/dtype.ts";

/**
 * How far a result may be from PyTorch's, relative to the largest magnitude of the array, which counts as at least 1: a sum of
 * terms of about that size is rounded at their scale even where they cancel.
 */
export const TOLERANCE = { float32: 2e-5, float64: 1e-12 } as const;

/** The largest difference between two arrays as `TOLERANCE` measures it; infinite where one has a NaN and the other has not. */
export function distance(actual: TypedArray, expected: TypedArray): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let scale = 1;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [Number(actual[i]), Number(expected[i])];
    if (Number.isFinite(b)) scale = Math.max(scale, Math.abs(b));
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b);
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return largest / scale;
}
