import type { Binary } from "../../core/kernels.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { applyElementwise, elementwiseOp } from "./elementwise.ts";
import { type Operand, scalar, toTensors } from "./operand.ts";
import { log, neg } from "./unary.ts";
import { where } from "./where.ts";

type BinaryFunction = (a: Operand, b: Operand) => Tensor;
type BinaryGradient = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => [Tensor, Tensor];

/** A function of two tensors, or a tensor and a number, with NumPy's broadcasting. */
function binary(name: Binary, gradient: BinaryGradient | null): BinaryFunction {
  const op = elementwiseOp(name, gradient && ((g, [a, b], y) => gradient(g, a!, b!, y)));
  return (a, b) => applyElementwise(op, toTensors(name, [a, b]));
}

export const add = binary("add", (g) => [g, g]);
export const sub = binary("sub", (g) => [g, neg(g)]);
export const mul = binary("mul", (g, a, b) => [mul(g, b), mul(g, a)]);
export const div = binary("div", (g, _a, b, y) => [div(g, b), neg(div(mul(g, y), b))]);
/** `a ** b`. The gradient of the base is 0 where the exponent is 0, that of the exponent 0 where the base is. */
export const pow = binary("pow", (g, a, b, y) => [
  where(equal(b, 0), zero(g), mul(g, mul(b, pow(a, sub(b, 1))))),
  where(equal(a, 0), zero(g), mul(g, mul(y, log(a)))),
]);
/** On ties both sides get half the gradient, as in PyTorch. */
export const maximum = binary("maximum", (g, a, b) => [mul(g, share(b, a)), mul(g, share(a, b))]);
export const minimum = binary("minimum", (g, a, b) => [mul(g, share(a, b)), mul(g, share(b, a))]);
/** 1 where equal, 0 elsewhere, in the element type of the inputs. */
export const equal = binary("equal", null);
/** 1 where `a < b`, 0 elsewhere, in the element type of the inputs. */
export const less = binary("less", null);

/** 1 where `smaller < larger`, ½ where equal. */
const share = (smaller: Tensor, larger: Tensor): Tensor => add(less(smaller, larger), mul(equal(smaller, larger), 0.5));
const zero = (like: Tensor): Tensor => scalar(0, like.dtype);
