import { checkDType, type DType, isFloat } from "../../core/dtype.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";

export const castOp: Op<{ to: DType }> = {
  name: "cast",
  lower: ({ inputs, dtype }) => ({ kernel: "cast", attributes: { from: inputs[0]!.dtype, to: dtype } }),
  gradient: (node, g) => [
    isFloat(node.inputs[0]!.dtype) && isFloat(node.dtype) ? cast(g, node.inputs[0]!.dtype) : null,
  ],
};

/** The same numbers in another element type; towards integers they are truncated. */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensor("to", x);
  const to = checkDType("to", dtype);
  return to === x.dtype ? x : makeNode(castOp, [x], { to }, x.shape, to);
}
