import { f32x4, type V128, v128 } from "../../assembler/index.ts";
import { exp, expWithin } from "./exp.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/** (tanh x / x − 1) / x² in x² up to NEAR: the error of tanh x is 2^−28.4 of it. */
const forTanh = [
  -0.33333298563957214, 0.13331936299800873, -0.05378471687436104, 0.02079862542450428, -0.005897966679185629,
];
const NEAR = 0.6;

/** A polynomial near 0, else ±(1 − 2 / (e^(2|x|) + 1)). At most 1.5 ulp. */
export function tanh(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  // tanh 9.02 is 1.
  const a = scope.keep(f32x4.pmin(f32x4.abs(x), scope.float(9.1)));
  const one = scope.float(1);
  const e = expWithin(scope, f32x4.add(a, a));
  const far = f32x4.sub(one, f32x4.div(scope.float(2), f32x4.add(e, one)));
  // Below 2^−13 tanh is the identity; its cube would soon be subnormal.
  const b = scope.keep(v128.and(a, f32x4.gt(a, scope.float(2 ** -13))));
  const square = scope.keep(f32x4.mul(b, b));
  const near = f32x4.add(a, f32x4.mul(f32x4.mul(b, square), polynomial(scope, square, forTanh)));
  return v128.or(v128.bitselect(near, far, f32x4.lt(a, scope.float(NEAR))), signOf(scope, x));
}

/** 1 / (1 + e^−x), as e^x / (1 + e^x) where x < 0: nothing overflows, and small results keep their digits. At most 2.4 ulp. */
export function sigmoid(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  const e = scope.keep(exp(scope, f32x4.neg(f32x4.abs(x))));
  const one = scope.float(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, scope.float(0))), f32x4.add(e, one));
}
