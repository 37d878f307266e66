/** Hyperbolic functions and their inverses, made of exponentials and logarithms in forms that keep the digits of small numbers. */
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, div, less, minimum, mul, sub } from "../../../../ops/elementwise/binary.ts";
import { exp, expm1, log1p, neg, sqrt } from "../../../../ops/elementwise/unary.ts";
import { where } from "../../../../ops/elementwise/where.ts";
import { foldElementwise } from "../folding/elementwise.ts";
import type { Operator, Operators } from "../operator.ts";

const of = (compute: (x: number) => number, build: (x: Tensor) => Tensor): Operator => ({
  fold: (call) => {
    const x = call.known(0, "numbers");
    return foldElementwise(call, [x], x.dtype, compute as (...values: number[]) => number);
  },
  build: (call) => build(call.tensor(0)),
});

export const hyperbolic: Operators = {
  Sinh: of(Math.sinh, (x) => mul(sub(expm1(x), expm1(neg(x))), 0.5)),
  Cosh: of(Math.cosh, (x) => mul(add(exp(x), exp(neg(x))), 0.5)),
  Asinh: of(Math.asinh, (x) => {
    const negative = less(x, 0);
    const size = where(negative, neg(x), x);
    // a² / (1 + √(a² + 1)), whose second factor is 1 long before a² is infinite.
    const bounded = minimum(size, FAR);
    const beyond = mul(size, div(bounded, add(sqrt(add(mul(bounded, bounded), 1)), 1)));
    const y = log1p(add(size, beyond));
    return where(negative, neg(y), y);
  }),
  Acosh: of(Math.acosh, (x) => {
    const beyond = sub(x, 1);
    return log1p(add(beyond, mul(sqrt(beyond), sqrt(add(x, 1)))));
  }),
  Atanh: of(Math.atanh, (x) => mul(sub(log1p(x), log1p(neg(x))), 0.5)),
};

const FAR = 2 ** 56;
