import { OptionTypeError, ShapeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { resolveAxis, showShape, stridesOf } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";

export const permuteOp: Op<{ order: readonly number[] }> = {
  name: "permute",
  lower: ({ inputs, shape }, { order }) => {
    const strides = stridesOf(inputs[0]!.shape);
    return { kernel: "copy", attributes: { shape, strides: order.map((axis) => strides[axis]!) } };
  },
  gradient: (_node, g, { order }) => [
    permute(
      g,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
};

/** The axes in another order: axis `i` of the result is axis `order[i]` of `x`. */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  checkTensor("permute", x);
  if (!Array.isArray(order)) throw new OptionTypeError(`permute: order must be an array of axes, got ${show(order)}`);
  const axes: number[] = order.map((axis) => resolveAxis("permute", axis, x.rank));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank)
    throw new ShapeError(`permute: ${showShape(order)} does not name each of ${x.rank} axes once`);
  if (axes.every((axis, i) => axis === i)) return x;
  return makeNode(
    permuteOp,
    [x],
    { order: axes },
    axes.map((axis) => x.shape[axis]!),
    x.dtype,
  );
}

/** Two axes exchanged. */
export function transpose(x: Tensor, a: number, b: number): Tensor {
  checkTensor("transpose", x);
  const [from, to] = [resolveAxis("transpose", a, x.rank), resolveAxis("transpose", b, x.rank)];
  return permute(
    x,
    x.shape.map((_, axis) => (axis === from ? to : axis === to ? from : axis)),
  );
}

/** One axis moved to another place, the others kept in order. */
export function movedAxis(x: Tensor, from: number, to: number): Tensor {
  const [source, target] = [resolveAxis("moveAxis", from, x.rank), resolveAxis("moveAxis", to, x.rank)];
  const order = x.shape.map((_, axis) => axis).filter((axis) => axis !== source);
  return permute(x, order.toSpliced(target, 0, source));
}
