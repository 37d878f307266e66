import { DTypeError, OptionError } from "./errors.ts";
import { checkName, show } from "./options.ts";

/**
 * Element types of tensors. Arithmetic is done in the two float types; the integer types carry labels, indices and counters, and
 * know sums, products, comparisons and extremes (which wrap around, as everywhere), but nothing that would leave the integers.
 */
export type DType = "float32" | "float64" | "int32" | "int64";
export type FloatDType = "float32" | "float64";
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array;

export function allocate(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "int64":
      return new BigInt64Array(size);
  }
}

/** The dtype whose elements a typed array holds, or `undefined` for the kinds that are no tensor storage. */
export function dtypeOf(array: unknown): DType | undefined {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array) return "int32";
  if (array instanceof BigInt64Array) return "int64";
  return undefined;
}

/** The least and the greatest number of each integer type; BigInts, because those of int64 are no doubles. */
const ranges = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/** A number as an element of a typed array of `dtype`. What an integer type cannot hold is an error, never rounded or wrapped. */
export function elementOf(op: string, value: number | bigint | boolean, dtype: DType): number | bigint {
  if (isFloat(dtype)) return Number(value);
  const [least, greatest] = ranges[dtype];
  const number = typeof value === "boolean" ? Number(value) : value;
  const broken = typeof number === "number" && !Number.isInteger(number);
  if (broken || number < least || number > greatest)
    throw new OptionError(`${op}: ${value} is not an ${dtype}, an integer in ${least}..${greatest}`);
  return dtype === "int64" ? BigInt(number) : Number(number);
}

export const isFloat = (dtype: DType): dtype is FloatDType => dtype === "float32" || dtype === "float64";

export function checkDType(op: string, dtype: unknown): DType {
  if (dtype === "float32" || dtype === "float64" || dtype === "int32" || dtype === "int64") return dtype;
  const given = show(checkName(op, "dtype", dtype));
  throw new DTypeError(`${op}: dtype must be "float32", "float64", "int32" or "int64", got ${given}`);
}

/** The element type that someone chose for parameters or random numbers. */
export function checkFloatDType(op: string, dtype: unknown): FloatDType {
  if (dtype === "float32" || dtype === "float64") return dtype;
  throw new DTypeError(`${op}: dtype must be "float32" or "float64", got ${show(checkName(op, "dtype", dtype))}`);
}

/** The element type of a tensor that is to be computed with. */
export function checkFloat(op: string, dtype: DType): FloatDType {
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${op}: expected a floating-point tensor, got ${dtype}; convert it with .to("float32")`);
}
