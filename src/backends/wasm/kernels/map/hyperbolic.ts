import { f32x4, type V128, v128 } from "../../assembler/index.ts";
import { exp, expm1Within } from "./exp.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/** tanh x = ± e / (e + 2) with e = e^(2|x|) − 1, which loses nothing near 0. At most 2 ulp. */
export function tanh(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  // tanh 9.02 is 1.
  const a = scope.keep(f32x4.pmin(f32x4.abs(x), scope.float(9.1)));
  const e = scope.keep(expm1Within(scope, f32x4.add(a, a)));
  return v128.or(f32x4.div(e, f32x4.add(e, scope.float(2))), signOf(scope, x));
}

/** 1 / (1 + e^−x), as e^x / (1 + e^x) where x < 0: nothing overflows, and small results keep their digits. At most 2 ulp. */
export function sigmoid(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  const e = scope.keep(exp(scope, f32x4.neg(f32x4.abs(x))));
  const one = scope.float(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, scope.float(0))), f32x4.add(e, one));
}
