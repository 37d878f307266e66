import type { TypedArray } from "../../../core/dtype.ts";
import type { Shape } from "../../../core/shape.ts";
import { makeLeaf, Tensor } from "../../../graph/tensor.ts";
import { type FileDType, fileDType, memoryDType, numbersOf } from "../../bytes/index.ts";

/**
 * Numbers that are there before the network runs: shapes, axes, amounts, and constants. What is computed from such alone is computed
 * at once, with doubles, and never becomes a part of the graph.
 */
export class Known {
  readonly shape: Shape;
  /** As in the file: a bool is no int32 here. */
  readonly dtype: FileDType;
  readonly #value: TypedArray | readonly number[];
  #numbers: readonly number[] | null = null;
  #tensor: Tensor | null = null;

  constructor(value: TypedArray | readonly number[], shape: Shape, dtype: FileDType) {
    this.#value = value;
    this.shape = shape;
    this.dtype = dtype;
  }

  static of(tensor: Tensor): Known {
    const known = new Known(numbersOf(tensor), tensor.shape, fileDType(tensor));
    known.#tensor = tensor;
    return known;
  }

  /** Whole numbers along one axis, or without one. */
  static integers(numbers: readonly number[], shape: Shape = [numbers.length]): Known {
    return new Known(numbers, shape, "int64");
  }

  get size(): number {
    return this.#value.length;
  }

  /** In row-major order. An int64 beyond 2^53, such as the "to the very end" of a slice, is rounded. */
  get numbers(): readonly number[] {
    this.#numbers ??= Array.from<number | bigint, number>(this.#value, Number);
    return this.#numbers;
  }

  /** The same as a leaf of the graph: one, however often it is asked for, so that backends keep it where they computed with it. */
  get tensor(): Tensor {
    this.#tensor ??= leafOf(this);
    return this.#tensor;
  }
}

function leafOf({ numbers, shape, dtype }: Known): Tensor {
  const memory = memoryDType(dtype);
  const value =
    memory === "int64"
      ? BigInt64Array.from(numbers, (number) => (number >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(Math.trunc(number))))
      : (memory === "float64" ? Float64Array : memory === "float32" ? Float32Array : Int32Array).from(numbers);
  return makeLeaf(value, shape, memory);
}

/** What flows along the edges of a file's graph. */
export type Value = Tensor | Known;

export const tensorOf = (value: Value): Tensor => (value instanceof Tensor ? value : value.tensor);
