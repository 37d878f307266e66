import { ShapeError } from "../../core/errors.ts";
import { broadcastShapes, broadcastStrides, checkShape, type Shape, sameShape, showShape } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { sumTo } from "../reduce/sum.ts";

export const broadcastOp: Op<undefined> = {
  name: "broadcast",
  lower: ({ inputs, shape }) => ({
    kernel: "copy",
    attributes: { shape, strides: broadcastStrides(inputs[0]!.shape, shape) },
  }),
  gradient: (node, g) => [sumTo(g, node.inputs[0]!.shape)],
};

/** `x` repeated along its axes of length 1, and along new leading axes, up to `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor("broadcastTo", x);
  const to = checkShape("broadcastTo", shape);
  if (sameShape(x.shape, to)) return x;
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, to), to))
    throw new ShapeError(`broadcastTo: shape ${showShape(x.shape)} does not broadcast to ${showShape(shape)}`);
  return makeNode(broadcastOp, [x], undefined, to, x.dtype);
}
