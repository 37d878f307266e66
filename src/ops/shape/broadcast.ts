import { ShapeError } from "../../core/errors.ts";
import { broadcastShapes, broadcastStrides, type Shape, sameShape, showShape } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { sumTo } from "../reduce/sum.ts";

const op: Op<undefined> = {
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
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape))
    throw new ShapeError(`broadcastTo: shape ${showShape(x.shape)} does not broadcast to ${showShape(shape)}`);
  return makeNode(op, [x], undefined, shape.slice(), x.dtype);
}
