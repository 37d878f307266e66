import { DTypeError } from "./errors.ts";

/** Element types of tensors. Arithmetic is done in the two float types; the integer types carry labels, indices and counters. */
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

export const isFloat = (dtype: DType): dtype is FloatDType => dtype === "float32" || dtype === "float64";

export function checkDType(op: string, dtype: unknown): DType {
  if (dtype === "float32" || dtype === "float64" || dtype === "int32" || dtype === "int64") return dtype;
  throw new DTypeError(`${op}: dtype must be "float32", "float64", "int32" or "int64", got ${JSON.stringify(dtype)}`);
}

/** The element type that someone chose for parameters or random numbers. */
export function checkFloatDType(op: string, dtype: unknown): FloatDType {
  if (dtype === "float32" || dtype === "float64") return dtype;
  throw new DTypeError(`${op}: dtype must be "float32" or "float64", got ${JSON.stringify(dtype)}`);
}

/** The element type of a tensor that is to be computed with. */
export function checkFloat(op: string, dtype: DType): FloatDType {
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${op}: expected a floating-point tensor, got ${dtype}; convert it with .to("float32")`);
}
