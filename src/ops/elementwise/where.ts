import type { Tensor } from "../../graph/tensor.ts";
import { applyElementwise, elementwiseOp } from "./elementwise.ts";
import { type Operand, toTensors } from "./operand.ts";

const op = elementwiseOp("select", (g, [condition]) => [null, where(condition!, g, 0), where(condition!, 0, g)]);

/** `a` where the condition is not 0 (a NaN is not), `b` elsewhere. The side that is not chosen gets no gradient, not even a NaN. */
export function where(condition: Operand, a: Operand, b: Operand): Tensor {
  return applyElementwise(op, toTensors("where", [condition, a, b]));
}
