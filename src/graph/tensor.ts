import type { DType, TypedArray } from "../core/dtype.ts";
import { GraphError, ShapeError } from "../core/errors.ts";
import { type Shape, showShape, sizeOf } from "../core/shape.ts";
import { evaluate, evaluateSync } from "./evaluate.ts";
import { gradEnabled } from "./mode.ts";
import type { AnyOp, Op } from "./op.ts";

/** What a node is made of; `shape` and `dtype` are already checked. */
export interface NodeFields {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly op?: AnyOp | null;
  readonly inputs?: readonly Tensor[];
  readonly attributes?: unknown;
  readonly value?: TypedArray | null;
  readonly requiresGrad?: boolean;
  readonly tracked?: boolean;
  readonly owner?: Tensor;
}

/** A function of tensors that readers of the graph know by name, whatever operations it is made of. */
export interface Composed {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** Plain data, in the function's own words. */
  readonly attributes: unknown;
}

let nextSerial = 0;

/**
 * A node of an expression graph: an operation, its inputs, a shape and an element type. Numbers are computed when someone asks
 * (`data()`, `item()`, `evaluate()`, `optimizer.step()`), for everything asked at once, and kept. What a node means never changes;
 * one with a value may forget how it came about.
 *
 * The arithmetic methods (`x.add(y)`, `x.sum()`, …) are declared in `ops/methods.ts`.
 */
export class Tensor {
  /** @internal Told apart by it where a reference would keep the node alive, as a WeakRef does until a synchronous loop ends. */
  readonly serial: number = nextSerial++;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #requiresGrad: boolean;
  /** Filled by `loss.backward()`; accumulates until it is cleared. */
  grad: Tensor | null = null;

  /** @internal The operation that makes this node, or `null` for a leaf that simply has a value. */
  op: AnyOp | null;
  /** @internal */
  inputs: readonly Tensor[];
  /** @internal */
  readonly attributes: unknown;
  /** @internal The numbers, once computed. Never handed out: `data()` copies. */
  value: TypedArray | null;
  /** @internal Whether gradients flow through this node to its inputs. */
  readonly tracked: boolean;
  /** @internal The function whose result this node is, if it is one that is made of several operations. */
  composed: Composed | null = null;
  /** @internal The tensor whose `.grad` receives what arrives here: a parameter, for the node that holds its present value. */
  readonly owner: Tensor;

  /** @internal Use `tensor()`, `zeros()`, `rand()`, … */
  constructor(fields: NodeFields) {
    this.shape = fields.shape;
    this.dtype = fields.dtype;
    this.#requiresGrad = fields.requiresGrad ?? false;
    this.op = fields.op ?? null;
    this.inputs = fields.inputs ?? [];
    this.attributes = fields.attributes;
    this.value = fields.value ?? null;
    this.tracked = fields.tracked ?? false;
    this.owner = fields.owner ?? this;
  }

  /** Whether gradients are wanted for this tensor, or for something it was made from. Fixed, except for a `Parameter`. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** @internal The immutable node to build expressions on: itself, except for a `Parameter`. */
  node(): Tensor {
    return this;
  }

  /**
   * The numbers in row-major order, as a fresh typed array that is yours to change: a Float32Array for float32. The type of the
   * array is that of `dtype`; say `data<Float64Array>()` where it is another.
   */
  async data<T extends TypedArray = Float32Array>(): Promise<T> {
    await evaluate([this.node()]);
    return this.node().value!.slice() as T;
  }

  /** As `data()`, at once; only on backends that compute synchronously (all CPU backends do). */
  dataSync<T extends TypedArray = Float32Array>(): T {
    evaluateSync([this.node()]);
    return this.node().value!.slice() as T;
  }

  /** The number in a tensor of one element. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(`item: expected a tensor of one element, got shape ${showShape(this.shape)}`);
    return Number(this.dataSync()[0]);
  }

  /** The numbers as nested arrays, one level per axis; a plain number for a tensor without axes. For types: `toArray<number[][]>()`. */
  toArray<T extends NestedNumbers = NestedNumbers>(): T {
    const data = this.dataSync<TypedArray>();
    const nest = (axis: number, offset: number, size: number): NestedNumbers => {
      if (axis === this.rank) return Number(data[offset]);
      const step = size / Math.max(this.shape[axis]!, 1);
      return Array.from({ length: this.shape[axis]! }, (_, i) => nest(axis + 1, offset + i * step, step));
    };
    return nest(0, 0, this.size) as T;
  }

  toString(): string {
    return `Tensor(shape ${showShape(this.shape)}, ${this.dtype}${this.requiresGrad ? ", requiresGrad" : ""})`;
  }
}

export type NestedNumbers = number | NestedNumbers[];

/** Makes the node of `op` over `inputs`. The caller has checked everything and gives the resulting shape. */
export function makeNode<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A, shape: Shape, dtype: DType): Tensor {
  const nodes = inputs.map((input) => input.node());
  const tracked = gradEnabled() && op.gradient !== null;
  return new Tensor({
    op: op as unknown as AnyOp,
    inputs: nodes,
    attributes,
    shape,
    dtype,
    tracked,
    requiresGrad: tracked && nodes.some((node) => node.requiresGrad),
  });
}

/**
 * Notes on `result` which function it is the result of. Streaming, export and the like read one mean or one resampling there, where
 * evaluation sees operations, some of whose constants depend on the length.
 */
export function composed(name: string, inputs: readonly Tensor[], attributes: unknown, result: Tensor): Tensor {
  const nodes = inputs.map((input) => input.node());
  if (result.op !== null && !nodes.includes(result)) result.composed = { name, inputs: nodes, attributes };
  return result;
}

/** A leaf with a value, which the caller hands over. */
export function makeLeaf(value: TypedArray, shape: Shape, dtype: DType, requiresGrad = false, owner?: Tensor): Tensor {
  if (value.length !== sizeOf(shape))
    throw new GraphError(`a tensor of shape ${showShape(shape)} needs ${sizeOf(shape)} elements, got ${value.length}`);
  return new Tensor({ value, shape, dtype, requiresGrad, ...(owner && { owner }) });
}
