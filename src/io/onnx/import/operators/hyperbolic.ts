/** Hyperbolic functions and their inverses, made of exponentials and logarithms in forms that keep the digits of small numbers. */
import { add, div, less, minimum, mul, sub } from "../../../../ops/elementwise/binary.ts";
import { exp, expm1, log1p, neg, sqrt } from "../../../../ops/elementwise/unary.ts";
import { where } from "../../../../ops/elementwise/where.ts";
import type { Operators } from "../operator.ts";
import { one } from "./arithmetic.ts";

export const hyperbolic: Operators = {
  Sinh: one(Math.sinh, (x) => mul(sub(expm1(x), expm1(neg(x))), 0.5)),
  Cosh: one(Math.cosh, (x) => mul(add(exp(x), exp(neg(x))), 0.5)),
  Asinh: one(Math.asinh, (x) => {
    const negative = less(x, 0);
    const size = where(negative, neg(x), x);
    // a² / (1 + √(a² + 1)), whose second factor is 1 long before a² is infinite.
    const bounded = minimum(size, FAR);
    const beyond = mul(size, div(bounded, add(sqrt(add(mul(bounded, bounded), 1)), 1)));
    const y = log1p(add(size, beyond));
    return where(negative, neg(y), y);
  }),
  Acosh: one(Math.acosh, (x) => {
    const beyond = sub(x, 1);
    return log1p(add(beyond, mul(sqrt(beyond), sqrt(add(x, 1)))));
  }),
  Atanh: one(Math.atanh, (x) => mul(sub(log1p(x), log1p(neg(x))), 0.5)),
};

const FAR = 2 ** 56;
