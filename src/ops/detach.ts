import type { Op } from "../graph/op.ts";
import { makeLeaf, makeNode, type Tensor } from "../graph/tensor.ts";
import { checkTensor } from "./elementwise/operand.ts";

export const detachOp: Op<undefined> = {
  name: "detach",
  lower: () => ({ kernel: "alias", attributes: {} }),
  gradient: null,
};

/** The same numbers, through which no gradient flows. */
export function detach(x: Tensor): Tensor {
  checkTensor("detach", x);
  const { value, shape, dtype } = x.node();
  return value ? makeLeaf(value, shape, dtype) : makeNode(detachOp, [x], undefined, shape, dtype);
}
