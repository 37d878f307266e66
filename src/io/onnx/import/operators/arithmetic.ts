/** Arithmetic element by element: of tensors by `F`, of known numbers in doubles. */
import { isFloat } from "../../../../core/dtype.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, div, maximum, minimum, mul, pow, sub } from "../../../../ops/elementwise/binary.ts";
import { abs, cos, exp, floor, log, neg, round, sign, sin, sqrt } from "../../../../ops/elementwise/unary.ts";
import { cast } from "../../../../ops/shape/cast.ts";
import type { Call } from "../call.ts";
import { foldElementwise } from "../folding/elementwise.ts";
import { Known } from "../known.ts";
import { linearResampling } from "../linearResampling.ts";
import type { Operator, Operators } from "../operator.ts";

/** `compute` of `count` inputs, or of all there are; at least one. */
const fold = (compute: (...values: number[]) => number, count?: number) => (call: Call) => {
  const first = call.known(0, "numbers");
  const inputs = Array.from({ length: count ?? call.inputs.length }, (_, i) => call.known(i, "numbers"));
  return foldElementwise(call, inputs, first.dtype, compute);
};

const tensorsOf = (call: Call): Tensor[] => [call.tensor(0), ...call.inputs.slice(1).map((_, i) => call.tensor(i + 1))];

/** Of one input. */
export const one = (compute: (x: number) => number, build: (x: Tensor) => Tensor): Operator => ({
  fold: fold(compute, 1),
  build: (call) => build(call.tensor(0)),
});

const two = (compute: (a: number, b: number) => number, build: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  fold: fold(compute, 2),
  build: (call) => build(call.tensor(0), call.tensor(1)),
});

/** Any number of inputs, one after the other. */
const many = (compute: (a: number, b: number) => number, build: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  fold: fold((...values) => values.reduce((a, b) => compute(a, b))),
  build: (call) => tensorsOf(call).reduce((a, b) => build(a, b)),
});

export const arithmetic: Operators = {
  Add: {
    fold: fold((a, b) => a + b, 2),
    build: (call) => {
      const [a, b] = [call.tensor(0), call.tensor(1)];
      return linearResampling(a, b, call.budget) ?? add(a, b);
    },
  },
  Sub: two((a, b) => a - b, sub),
  Mul: two((a, b) => a * b, mul),
  Div: {
    fold: (call) => {
      const whole = call.known(0, "numbers").dtype.includes("int");
      return fold(whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b, 2)(call);
    },
    build: (call) => div(call.tensor(0), call.tensor(1)),
  },
  Mod: {
    fold: (call) => {
      const likeC = call.integer("fmod", 0) !== 0;
      // Otherwise with the sign of the divisor, as in Python.
      return fold(likeC ? (a, b) => a % b : (a, b) => ((a % b) + b) % b, 2)(call);
    },
  },
  Pow: { fold: fold((a, b) => a ** b, 2), build: power },
  Neg: one(
    (x) => -x,
    (x) => (isFloat(x.dtype) ? neg(x) : sub(0, x)),
  ),
  Abs: one(Math.abs, (x) => (isFloat(x.dtype) ? abs(x) : maximum(x, sub(0, x)))),
  Sign: one(Math.sign, sign),
  Sqrt: one(Math.sqrt, sqrt),
  Exp: one(Math.exp, exp),
  Log: one(Math.log, log),
  Sin: one(Math.sin, sin),
  Cos: one(Math.cos, cos),
  Tan: one(Math.tan, (x) => div(sin(x), cos(x))),
  Reciprocal: one(
    (x) => 1 / x,
    (x) => div(1, x),
  ),
  Floor: one(Math.floor, floor),
  Ceil: one(Math.ceil, (x) => neg(floor(neg(x)))),
  Round: one(toEven, round),
  Min: many(Math.min, minimum),
  Max: many(Math.max, maximum),
  Sum: many((a, b) => a + b, add),
  Mean: {
    fold: fold((...values) => values.reduce((a, b) => a + b) / values.length),
    build: (call) =>
      div(
        tensorsOf(call).reduce((a, b) => add(a, b)),
        call.inputs.length,
      ),
  },
};

/** To the nearest integer, halves to the even one. */
function toEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Exporters write squares and cubes as powers; products have the better gradients, and onnxruntime computes them so, too. */
function power(call: Call): Tensor {
  const [x, exponent] = [call.tensor(0), call.value(1)];
  if (exponent instanceof Known && exponent.size === 1 && exponent.shape.length <= x.rank) {
    if (exponent.numbers[0] === 2) return mul(x, x);
    if (exponent.numbers[0] === 3) return mul(mul(x, x), x);
  }
  // The result has the type of the base, whatever that of the exponent is.
  return pow(x, cast(call.tensor(1), x.dtype));
}
