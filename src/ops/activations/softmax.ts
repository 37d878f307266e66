import { OptionError } from "../../core/errors.ts";
import { resolveAxis } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { detach } from "../detach.ts";
import { div, sub } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { exp, log } from "../elementwise/unary.ts";
import { max } from "../reduce/max.ts";
import { sum } from "../reduce/sum.ts";

/** `e^x / Σ e^x`, the sum along axis `dim`, which must be named: a guessed one is a silent mistake. */
export function softmax(x: Tensor, dim: number): Tensor {
  const axis = checkDim("softmax", x, dim);
  if (x.size === 0) return x;
  const powers = exp(belowMax(x, axis));
  return composed("softmax", [x], { axis }, div(powers, sum(powers, axis, { keepDim: true })));
}

/** `x − log Σ e^x`, the sum along axis `dim`: the logarithm of `softmax`, exact where that would round to 0. */
export function logSoftmax(x: Tensor, dim: number): Tensor {
  const axis = checkDim("logSoftmax", x, dim);
  if (x.size === 0) return x;
  const lower = belowMax(x, axis);
  return composed("logSoftmax", [x], { axis }, sub(lower, log(sum(exp(lower), axis, { keepDim: true }))));
}

/** `x − max x`, whose powers do not overflow. The maximum cancels, so no gradient has to pass it. */
const belowMax = (x: Tensor, axis: number): Tensor => sub(x, detach(max(x, axis, { keepDim: true })));

function checkDim(op: string, x: unknown, dim: unknown): number {
  checkFloatTensor(op, x);
  if (dim === undefined || dim === null)
    throw new OptionError(
      `${op}: the axis must be named: ${op}(x, 1) for channels of (N, C, L), ${op}(x, -1) for the last`,
    );
  return resolveAxis(op, dim, x.rank);
}
