import type { RowIndex, WindowGeometry } from "../../core/kernels.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";

/** Windows of one length that slide along the last axis. */
export type SlidingWindows = Omit<WindowGeometry, "rows" | "length">;

export const argmaxOp: Op<SlidingWindows> = {
  name: "argmaxWindow",
  lower: ({ inputs }, windows) => {
    const { rows, length } = rowsOf(inputs[0]!);
    return { kernel: "argmaxWindow", attributes: { ...windows, rows, length } };
  },
  gradient: null,
};

export const takeOp: Op<undefined> = {
  name: "take",
  lower: ({ inputs, shape }) => ({
    kernel: "take",
    attributes: { ...rowsOf(inputs[0]!), count: shape.at(-1)! } satisfies RowIndex,
  }),
  gradient: (node, g) => [put(g, node.inputs[1]!, node.inputs[0]!.shape.at(-1)!), null],
};

export const putOp: Op<undefined> = {
  name: "put",
  lower: ({ inputs, shape }) => {
    const { rows, length: count } = rowsOf(inputs[0]!);
    return { kernel: "put", attributes: { rows, length: shape.at(-1)!, count } };
  },
  gradient: (node, g) => [take(g, node.inputs[1]!), null],
};

function rowsOf(x: Tensor): { rows: number; length: number } {
  const length = x.shape.at(-1)!;
  return { rows: x.shape.slice(0, -1).reduce((a, b) => a * b, 1), length };
}

/** The elements of the last axis at the places `index`, which are not checked. The gradient goes there. */
export const take = (x: Tensor, index: Tensor): Tensor => makeNode(takeOp, [x, index], undefined, index.shape, x.dtype);

const put = (g: Tensor, index: Tensor, length: number): Tensor =>
  makeNode(putOp, [g, index], undefined, g.shape.with(-1, length), g.dtype);

/** Where in its row the first maximum of every window is, as int32; a NaN counts as the largest. No gradient passes. */
export const argmaxWindow = (x: Tensor, windows: SlidingWindows): Tensor =>
  makeNode(argmaxOp, [x], windows, x.shape.with(-1, windows.outLength), "int32");

/**
 * The maximum of every window: an argmax, which no gradient passes, then a read at those places, which is linear. So the gradient
 * exists to any order, and goes to the first of equal maxima.
 */
export const maxWindow = (x: Tensor, windows: SlidingWindows): Tensor => take(x, argmaxWindow(x, windows));
