import { resolveAxis, sizeOf } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { zeros } from "../create.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { sum } from "../reduce/sum.ts";
import { flip } from "../shape/slice.ts";
import { transpose } from "../shape/transpose.ts";

export const cumsumOp: Op<undefined> = {
  name: "cumsum",
  lower: ({ shape }) => ({
    kernel: "cumsum",
    attributes: { rows: sizeOf(shape.slice(0, -1)), length: shape.at(-1)! },
  }),
  gradient: (_node, g) => [flip(cumsum(flip(g, -1), -1), -1), sum(g, -1)],
};

/**
 * Cumulative sums along `axis`: `y[t] = x[0] + … + x[t]`, in the shape of x.
 *
 * The sums are rounded to the element type one by one (PyTorch carries float32 on in double, and rounds what it stores), so that a
 * signal in blocks has the same bits as the whole one. The gradient is the cumulative sum from the other end.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.cumsum.html
 * @throws ShapeError for an axis that x has not, DTypeError for integers
 */
export function cumsum(x: Tensor, axis: number): Tensor {
  checkFloatTensor("cumsum", x);
  const at = resolveAxis("cumsum", axis, x.rank);
  const rows = transpose(x, at, -1);
  return transpose(cumsumFrom(rows, zeros(rows.shape.slice(0, -1), { dtype: x.dtype })), at, -1);
}

/** Cumulative sums along the last axis that go on from `initial`, in the shape of x without that axis. */
export const cumsumFrom = (x: Tensor, initial: Tensor): Tensor =>
  makeNode(cumsumOp, [x, initial], undefined, x.shape, x.dtype);
