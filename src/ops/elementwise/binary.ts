import type { Binary } from "../../core/kernels.ts";
import { broadcastShapes } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { applyElementwise, elementwiseOp } from "./elementwise.ts";
import { type Operand, toTensors } from "./operand.ts";
import { log, neg } from "./unary.ts";
import { where } from "./where.ts";

type BinaryFunction = (a: Operand, b: Operand) => Tensor;
type BinaryGradient = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => [Tensor, Tensor];

/** A function of two tensors, or a tensor and a number, with NumPy's broadcasting. */
function binary(name: Binary, gradient: BinaryGradient | null, integers = true): BinaryFunction {
  const op = elementwiseOp(name, gradient && ((g, [a, b], y) => gradient(g, a!, b!, y)));
  return (a, b) => applyElementwise(op, toTensors(name, [a, b], integers));
}

/** Functions that integers do not know: their results are seldom integers. */
const ofFloats = (name: Binary, gradient: BinaryGradient): BinaryFunction => binary(name, gradient, false);

export const add = binary("add", (g) => [g, g]);
export const sub = binary("sub", (g) => [g, neg(g)]);
export const mul = binary("mul", (g, a, b) => [mul(g, b), mul(g, a)]);
export const div = ofFloats("div", (g, _a, b, y) => [div(g, b), neg(div(mul(g, y), b))]);
/** `a ** b`. The gradient of the base is 0 where the exponent is 0, that of the exponent 0 where the base is. */
export const pow = ofFloats("pow", (g, a, b, y) => {
  // Where a side has no gradient, it is built on 1 instead of a, whose own derivative might be infinite: 0 · ∞ would be NaN.
  const [constant, origin] = [equal(b, 0), equal(a, 0)];
  return [
    where(constant, 0, mul(g, mul(b, pow(where(constant, 1, a), sub(b, 1))))),
    where(origin, 0, mul(g, mul(y, log(where(origin, 1, a))))),
  ];
});
/** A NaN on either side wins. On ties both sides get half the gradient, and with a NaN both get all of it, as in PyTorch. */
export const maximum = binary("maximum", (g, a, b) => [
  mul(g, share(a, b, less(a, b))),
  mul(g, share(a, b, less(b, a))),
]);
export const minimum = binary("minimum", (g, a, b) => [
  mul(g, share(a, b, less(b, a))),
  mul(g, share(a, b, less(a, b))),
]);
/** 1 where equal, 0 elsewhere, in the element type of the inputs. */
export const equal = binary("equal", null);
/** 1 where `a < b`, 0 elsewhere, in the element type of the inputs. */
export const less = binary("less", null);

/** 1 where `a > b`, 0 elsewhere, in the element type of the inputs. */
export function greater(a: Operand, b: Operand): Tensor {
  const [left, right] = toTensors("greater", [a, b]) as [Tensor, Tensor];
  broadcastShapes("greater", left.shape, right.shape);
  return less(right, left);
}

/** The part of the gradient that a side gets: 0 where it is `beaten`, ½ where both are equal, else 1. */
const share = (a: Tensor, b: Tensor, beaten: Tensor): Tensor => sub(sub(1, beaten), mul(equal(a, b), 0.5));
