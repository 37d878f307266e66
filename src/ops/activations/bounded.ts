/** Functions that saturate, made of straight lines; `tanh` and `sigmoid` are kernels. */
import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, equal, less, mul } from "../elementwise/binary.ts";
import { checkFloatTensor, type Operand } from "../elementwise/operand.ts";
import { abs } from "../elementwise/unary.ts";
import { where } from "../elementwise/where.ts";

/** `x` held within `minVal..maxVal`. The gradient is 0 outside and at both ends, as in PyTorch. */
export function hardtanh(x: Tensor, minVal = -1, maxVal = 1): Tensor {
  checkFloatTensor("hardtanh", x);
  checkBounds("hardtanh", minVal, maxVal);
  // A NaN compares as false, so it falls through to x.
  return where(atMost(x, minVal), minVal, where(atMost(maxVal, x), maxVal, x));
}

/** Validates the bounds for the op or layer named `op`. */
export function checkBounds(op: string, minVal: unknown, maxVal: unknown): void {
  const [low, high] = [checkNumber(op, "minVal", minVal), checkNumber(op, "maxVal", maxVal)];
  if (!(low < high)) throw new OptionError(`${op}: minVal ${low} must be less than maxVal ${high}`);
}

const atMost = (a: Operand, b: Operand): Tensor => add(less(a, b), equal(a, b));

/** `min(max(x, 0), 6)` */
export function relu6(x: Tensor): Tensor {
  checkFloatTensor("relu6", x);
  return hardtanh(x, 0, 6);
}

/** `relu6(x + 3) / 6`: a sigmoid of three straight lines. */
export function hardsigmoid(x: Tensor): Tensor {
  checkFloatTensor("hardsigmoid", x);
  return div(relu6(add(x, 3)), 6);
}

/**
 * `x · relu6(x + 3) / 6`. Howard et al. 2019, https://arxiv.org/abs/1905.02244
 *
 * The gradient is 0 at −3 and 1 at 3, the slopes of the outer lines. PyTorch has that since
 * https://github.com/pytorch/pytorch/pull/148049 (2025); before, it had −0.5 and 1.5.
 */
export function hardswish(x: Tensor): Tensor {
  checkFloatTensor("hardswish", x);
  return div(mul(x, relu6(add(x, 3))), 6);
}

/** `x / (1 + |x|)` */
export function softsign(x: Tensor): Tensor {
  checkFloatTensor("softsign", x);
  return div(x, add(abs(x), 1));
}
