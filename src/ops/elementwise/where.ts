import type { Tensor } from "../../graph/tensor.ts";
import { applyElementwise, elementwiseOp } from "./elementwise.ts";
import { type Operand, scalar, toTensors } from "./operand.ts";

const op = elementwiseOp("select", (g, [condition]) => {
  const nothing = scalar(0, g.dtype);
  return [null, where(condition!, g, nothing), where(condition!, nothing, g)];
});

/** `a` where the condition is not 0, `b` elsewhere. The side that is not chosen gets no gradient, not even a NaN. */
export function where(condition: Operand, a: Operand, b: Operand): Tensor {
  return applyElementwise(op, toTensors("where", [condition, a, b]));
}
