import { OptionTypeError, ShapeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { resolveAxis, type Shape, sameShape, showShape, sizeOf } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";

export const reshapeOp: Op<undefined> = {
  name: "reshape",
  lower: () => ({ kernel: "alias", attributes: {} }),
  gradient: (node, g) => [reshape(g, node.inputs[0]!.shape)],
};

/** The same elements in the same order under another shape. One length may be −1: what is left. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor("reshape", x);
  if (!Array.isArray(shape))
    throw new OptionTypeError(`reshape: shape must be an array of lengths, got ${show(shape)}`);
  const free = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== free));
  const resolved = free < 0 ? shape : shape.with(free, x.size / known);
  if (resolved.some((length) => !Number.isInteger(length) || length < 0) || sizeOf(resolved) !== x.size)
    throw new ShapeError(
      `reshape: shape ${showShape(x.shape)} has ${x.size} elements, which do not fit ${showShape(shape)}`,
    );
  return sameShape(x.shape, resolved) ? x : makeNode(reshapeOp, [x], undefined, resolved.slice(), x.dtype);
}

/** Inserts an axis of length 1 before `axis`. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  checkTensor("unsqueeze", x);
  return reshape(x, x.shape.toSpliced(resolveAxis("unsqueeze", axis, x.rank + 1), 0, 1));
}

/** Removes `axis`, whose length must be 1. */
export function squeeze(x: Tensor, axis: number): Tensor {
  checkTensor("squeeze", x);
  const at = resolveAxis("squeeze", axis, x.rank);
  if (x.shape[at] !== 1) throw new ShapeError(`squeeze: axis ${at} of shape ${showShape(x.shape)} is longer than 1`);
  return reshape(x, x.shape.toSpliced(at, 1));
}

/** Joins the axes `from..to` into one. */
export function flatten(x: Tensor, from = 0, to = -1): Tensor {
  checkTensor("flatten", x);
  const [first, last] = [resolveAxis("flatten", from, x.rank), resolveAxis("flatten", to, x.rank)];
  if (first > last) throw new ShapeError(`flatten: axis ${first} comes after axis ${last}`);
  return reshape(x, x.shape.toSpliced(first, last - first + 1, sizeOf(x.shape.slice(first, last + 1))));
}
