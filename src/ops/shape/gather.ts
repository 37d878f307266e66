import type { AxisIndex } from "../../core/kernels.ts";
import { splitAt } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";

/** What an index map is for, in words that do not depend on the length: for readers of the graph such as streaming and export. */
export type Meaning =
  | { readonly kind: "pad"; readonly mode: string; readonly before: number; readonly after: number }
  | { readonly kind: "slice"; readonly start: number; readonly end: number | undefined; readonly step: number }
  | { readonly kind: "flip" }
  | { readonly kind: "repeat"; readonly times: number }
  | { readonly kind: "index" };

/** A fixed index map along one axis; −1 reads a zero. `length` is the axis before gathering. */
export interface IndexMap {
  readonly axis: number;
  readonly length: number;
  readonly index: Int32Array;
  readonly meaning: Meaning;
}

const around = (shape: readonly number[], { axis, length, index }: IndexMap): AxisIndex => {
  const { outer, inner } = splitAt(shape, axis);
  return { outer, length, inner, index };
};

export const gatherOp: Op<IndexMap> = {
  name: "gather",
  lower: ({ shape }, map) => ({ kernel: "gather", attributes: around(shape, map) }),
  gradient: (_node, g, map) => [applyScatter(g, map)],
};

export const scatterOp: Op<IndexMap> = {
  name: "scatterAdd",
  lower: ({ shape }, map) => ({ kernel: "scatterAdd", attributes: around(shape, map) }),
  gradient: (_node, g, map) => [applyGather(g, map)],
};

const applyGather = (x: Tensor, map: IndexMap): Tensor =>
  makeNode(gatherOp, [x], map, x.shape.with(map.axis, map.index.length), x.dtype);

const applyScatter = (g: Tensor, map: IndexMap): Tensor =>
  makeNode(scatterOp, [g], map, g.shape.with(map.axis, map.length), g.dtype);

/** `out[…, q, …] = x[…, index[q], …]` along `axis`, 0 where the index is −1. Indices are trusted: callers compute them. */
export const gather = (x: Tensor, axis: number, index: Int32Array, meaning: Meaning): Tensor =>
  applyGather(x, { axis, length: x.shape[axis]!, index, meaning });

/** The adjoint of `gather`: what was read from one place is added up there, on an axis of `length`. */
export const scatterAdd = (g: Tensor, axis: number, index: Int32Array, length: number, meaning: Meaning): Tensor =>
  applyScatter(g, { axis, length, index, meaning });
