import { checkFloat } from "../../core/dtype.ts";
import { OptionTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { Tensor } from "../../graph/tensor.ts";

/** The input of the function named `op`: a tensor of floating-point numbers. */
export function checkInput(op: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new OptionTypeError(`${op}: expected a tensor, got ${show(x)}`);
  checkFloat(op, x.dtype);
}
