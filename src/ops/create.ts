import {
  allocate,
  checkDType,
  checkFloat,
  checkFloatDType,
  type DType,
  dtypeOf,
  elementOf,
  type TypedArray,
} from "../core/dtype.ts";
import { OptionError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { checkBoolean, checkNumber, checkOptions, show } from "../core/options.ts";
import { defaultGenerator, drawNormal } from "../core/random/index.ts";
import { checkShape, type Shape, showShape, sizeOf } from "../core/shape.ts";
import { makeLeaf, type NestedNumbers, type Tensor } from "../graph/tensor.ts";

export interface CreateOptions {
  /** Default `"float32"`; for a typed array, the type it has. */
  dtype?: DType;
  /** Whether `backward()` fills this tensor's `.grad`. Default false. */
  requiresGrad?: boolean;
}

export interface TensorOptions extends CreateOptions {
  /** Default: the nesting of the arrays, or one axis for a typed array. */
  shape?: Shape;
}

type NestedInput = number | bigint | boolean | readonly NestedInput[];

/**
 * A tensor from nested arrays, a number or a typed array, whose elements are copied.
 *
 * @example tensor([[1, 2], [3, 4]]); tensor(new Float32Array(6), { shape: [2, 3] })
 */
export function tensor(data: NestedInput | NestedNumbers | TypedArray, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options, ["shape", "dtype", "requiresGrad"]);
  const given = dtypeOf(data);
  if (!given && ArrayBuffer.isView(data))
    throw new OptionTypeError(
      `tensor: a ${show(data)} has no element type here; use a Float32Array, Float64Array, Int32Array or BigInt64Array`,
    );
  const { dtype: wanted = given ?? "float32" } = options;
  const dtype = checkDType("tensor", wanted);
  const nested = given ? [(data as TypedArray).length] : nestingOf(data as NestedInput);
  const flat = given ? (data as TypedArray) : [data as unknown[]].flat(Number.POSITIVE_INFINITY);
  const shape = options.shape === undefined ? nested : checkShape("tensor", options.shape);
  if (sizeOf(shape) !== flat.length)
    throw new ShapeError(`tensor: shape ${showShape(shape)} needs ${sizeOf(shape)} elements, got ${flat.length}`);
  const value = allocate(dtype, flat.length);
  for (let i = 0; i < value.length; i++) value[i] = elementOf("tensor", flat[i] as number | bigint, dtype);
  return leaf("tensor", value, shape, dtype, options);
}

/** The lengths of nested arrays, which must be regular. */
function nestingOf(data: NestedInput): number[] {
  if (typeof data === "number" || typeof data === "bigint" || typeof data === "boolean") return [];
  if (!Array.isArray(data))
    throw new OptionTypeError(`tensor: expected numbers, nested arrays of numbers or a typed array, got ${show(data)}`);
  if (data.length === 0) return [0];
  const [first, ...rest] = data.map(nestingOf) as [number[], ...number[][]];
  for (const other of rest)
    if (showShape(other) !== showShape(first))
      throw new ShapeError(`tensor: nested arrays are ragged: ${showShape(first)} beside ${showShape(other)}`);
  return [data.length, ...first];
}

function leaf(op: string, value: TypedArray, shape: Shape, dtype: DType, options: CreateOptions): Tensor {
  const { requiresGrad = false } = options;
  if (checkBoolean(op, "requiresGrad", requiresGrad)) checkFloat(op, dtype);
  return makeLeaf(value, shape, dtype, requiresGrad);
}

/** A tensor with one number in every place. */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  return filled("full", shape, checkNumber("full", "value", value), options);
}

export const zeros = (shape: Shape, options: CreateOptions = {}): Tensor => filled("zeros", shape, 0, options);
export const ones = (shape: Shape, options: CreateOptions = {}): Tensor => filled("ones", shape, 1, options);

function filled(op: string, shape: Shape, value: number, options: CreateOptions): Tensor {
  checkOptions(op, options, ["dtype", "requiresGrad"]);
  const { dtype: wanted = "float32" } = options;
  const dtype = checkDType(op, wanted);
  const checked = checkShape(op, shape);
  const element = elementOf(op, value, dtype);
  const data = allocate(dtype, sizeOf(checked));
  if (value !== 0) (data as Float32Array).fill(element as number);
  return leaf(op, data, checked, dtype, options);
}

/** `0, 1, …, count − 1`, or from `start` up to but not including `end`. */
export function arange(startOrCount: number, end?: number, options: CreateOptions = {}): Tensor {
  checkOptions("arange", options, ["dtype", "requiresGrad"]);
  const [start, stop] = end === undefined ? [0, startOrCount] : [startOrCount, end];
  if (!Number.isFinite(start) || !Number.isFinite(stop))
    throw new OptionError(`arange: start and end must be finite numbers, got ${show(start)} and ${show(stop)}`);
  const { dtype: wanted = "float32" } = options;
  const dtype = checkDType("arange", wanted);
  const value = allocate(dtype, Math.max(Math.ceil(stop - start), 0));
  for (let i = 0; i < value.length; i++) value[i] = elementOf("arange", start + i, dtype);
  return leaf("arange", value, [value.length], dtype, options);
}

/** Uniform in [0, 1), the numbers of `torch.rand` after the same `manualSeed`, bit for bit. */
export function rand(shape: Shape, options: CreateOptions = {}): Tensor {
  return random("rand", shape, options, (out) => defaultGenerator.uniform(out, 0, 1));
}

/** Standard normal, following `torch.randn` after the same `manualSeed` (see `drawNormal` for the last bits). */
export function randn(shape: Shape, options: CreateOptions = {}): Tensor {
  return random("randn", shape, options, (out) => drawNormal(defaultGenerator, out, 0, 1));
}

function random(
  op: string,
  shape: Shape,
  options: CreateOptions,
  draw: (out: Float32Array | Float64Array) => void,
): Tensor {
  checkOptions(op, options, ["dtype", "requiresGrad"]);
  const { dtype: wanted = "float32" } = options;
  const dtype = checkFloatDType(op, wanted);
  const checked = checkShape(op, shape);
  const data = allocate(dtype, sizeOf(checked)) as Float32Array | Float64Array;
  draw(data);
  return leaf(op, data, checked, dtype, options);
}
