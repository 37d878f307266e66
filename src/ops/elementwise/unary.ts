import type { Unary } from "../../core/kernels.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul, sub } from "./binary.ts";
import { applyElementwise, elementwiseOp } from "./elementwise.ts";
import { checkFloatTensor, checkTensor } from "./operand.ts";
import { where } from "./where.ts";

/** A function of one tensor. Its derivative is given as `(g, x, y)`: incoming gradient, input, output. */
function unary(name: Unary, derivative: (g: Tensor, x: Tensor, y: Tensor) => Tensor | null): (x: Tensor) => Tensor {
  const op = elementwiseOp(name, (g, [x], y) => [derivative(g, x!, y)]);
  return (x) => {
    checkFloatTensor(name, x);
    return applyElementwise(op, [x]);
  };
}

export const neg = unary("neg", (g) => neg(g));
export const exp = unary("exp", (g, _x, y) => mul(g, y));
/** `exp(x) − 1`, accurate near 0. */
export const expm1 = unary("expm1", (g, _x, y) => mul(g, add(y, 1)));
export const log = unary("log", (g, x) => div(g, x));
/** `log(1 + x)`, accurate near 0. */
export const log1p = unary("log1p", (g, x) => div(g, add(x, 1)));
export const sqrt = unary("sqrt", (g, _x, y) => div(g, mul(y, 2)));
/** Its gradient at 0 is 0, as in PyTorch. */
export const abs = unary("abs", (g, x) => mul(g, sign(x)));
export const sign = unary("sign", () => null);
export const sin = unary("sin", (g, x) => mul(g, cos(x)));
export const cos = unary("cos", (g, x) => neg(mul(g, sin(x))));
export const tanh = unary("tanh", (g, _x, y) => mul(g, sub(1, mul(y, y))));
export const sigmoid = unary("sigmoid", (g, _x, y) => mul(g, mul(y, sub(1, y))));
/** `max(x, 0)`; its gradient at 0 is 0. A NaN passes, and so does the gradient there: it is not 0. */
export const relu = unary("relu", (g, _x, y) => where(y, g, 0));
/** The error function, `2/√π ∫₀ˣ e^(−t²) dt`. */
export const erf = unary("erf", (g, x) => mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))));
export const floor = unary("floor", () => null);
/** To the nearest integer, halves to the even one, as PyTorch and IEEE 754. */
export const round = unary("round", () => null);

/** `x · x`, also of integers. */
export function square(x: Tensor): Tensor {
  checkTensor("square", x);
  return mul(x, x);
}
