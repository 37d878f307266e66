import type { TypedArray } from "../../core/dtype.ts";

export type FloatArray = Float32Array | Float64Array;

const exact = (value: number): number => value;

/**
 * How the product of two elements is rounded. Sums need nothing: storing into a Float32Array rounds them, and rounding the exact
 * double sum of two floats once more is the float32 sum.
 */
export const roundingOf = (array: TypedArray): ((value: number) => number) =>
  array instanceof Float32Array ? Math.fround : exact;
