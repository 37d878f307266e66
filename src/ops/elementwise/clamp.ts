import { OptionError } from "../../core/errors.ts";
import { isGiven } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { less } from "./binary.ts";
import { checkTensor, type Operand, toTensors } from "./operand.ts";
import { where } from "./where.ts";

/**
 * `min(max(x, lowest), highest)`; `null` means no bound on that side, and where the bounds cross, the highest wins.
 *
 * The gradient of x is 1 inside and at the bounds, 0 outside; a bound that is a tensor gets the gradient where it is the result.
 * A NaN stays one, and passes its gradient (in PyTorch it does not).
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.clamp.html
 * @throws OptionError without any bound
 */
export function clamp(x: Tensor, lowest?: Operand | null, highest?: Operand | null): Tensor {
  checkTensor("clamp", x);
  if (!isGiven(lowest) && !isGiven(highest))
    throw new OptionError("clamp: at least one bound is needed: clamp(x, lowest), clamp(x, null, highest)");
  const bound = (given: Operand): Tensor => {
    if (Number.isNaN(given)) throw new OptionError("clamp: a bound must be a number, got NaN");
    return toTensors("clamp", [x, given])[1]!;
  };
  let y = x;
  if (isGiven(lowest)) {
    const least = bound(lowest);
    y = where(less(y, least), least, y);
  }
  if (isGiven(highest)) {
    const greatest = bound(highest);
    y = where(less(greatest, y), greatest, y);
  }
  return y;
}
