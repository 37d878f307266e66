import { f32x4, f64x2, type V128, v128 } from "../../assembler/index.ts";
import { add64, demote, each, pmax64, pmin64, polynomial64, promote, SHIFT, shl64 } from "./double.ts";
import { split } from "./exponent.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/**
 * x^y = ±2^(y · log₂|x|), in double but for the exponent and the mantissa of x: overflow, subnormal results and the last digit are
 * then a matter of rounding once at the end.
 */

/** log₂((1 + s) / (1 − s)) / s in s², for √½ ≤ (1 + s) / (1 − s) ≤ √2: within 2⁻⁴⁵ of it. */
const forLog2 = [
  2.8853900817778486, 0.9617966941150771, 0.5770779418414321, 0.41220930741855594, 0.31990335944711507,
  0.2829346067673463,
];
/** 2^f for |f| ≤ ½, within 2^−34.3 of it, and exact for f = 0. */
const forExp2 = [
  1, 0.6931471807045323, 0.24022651066561213, 0.0555041036598983, 0.00961803813204578, 0.001333393505692583,
  0.00015466756321079125, 0.000015196156160974683,
];

/** As `Math.pow`, within 0.51 ulp. */
export function pow(scope: Scope, base: V128, exponent: V128): V128 {
  const x = scope.keep(base);
  const y = scope.keep(exponent);
  const logarithms = log2(scope, scope.keep(f32x4.abs(x)));
  const powers = each(logarithms, promote(scope, y)).map((log, half) => exp2(scope, f64x2.mul(half, log)));
  return withSign(scope, demote(powers), x, y);
}

/** log₂ x for x ≥ 0, in double. */
function log2(scope: Scope, x: V128) {
  const { exponent, mantissa } = split(scope, x);
  // Of 0 the exponent is −∞, of ∞ and NaN they themselves; the mantissa is a number anyway.
  const above = v128.bitselect(exponent, x, f32x4.lt(x, scope.float(Number.POSITIVE_INFINITY)));
  const e = v128.bitselect(scope.float(Number.NEGATIVE_INFINITY), above, f32x4.eq(x, scope.float(0)));
  return each(promote(scope, e), promote(scope, mantissa)).map((whole, half) => {
    const m = scope.keep(half);
    const one = scope.double(1);
    const s = scope.keep(f64x2.div(f64x2.sub(m, one), f64x2.add(m, one)));
    const square = scope.keep(f64x2.mul(s, s));
    return f64x2.add(f64x2.mul(s, polynomial64(scope, square, forLog2)), whole);
  });
}

/** 2^t in double; what float32 cannot hold anyway may be wrong, but is out of its range. */
function exp2(scope: Scope, exponent: V128): V128 {
  const t = scope.keep(pmax64(pmin64(exponent, scope.double(1000)), scope.double(-1000)));
  const shifted = scope.keep(f64x2.add(t, scope.double(SHIFT)));
  const f = scope.keep(f64x2.sub(t, f64x2.sub(shifted, scope.double(SHIFT))));
  return f64x2.mul(polynomial64(scope, f, forExp2), add64(shl64(shifted, 52), scope.double(1)));
}

/** |x|^y with the sign of x^y; what only the standard can know (ECMA-262, Number::exponentiate). */
function withSign(scope: Scope, power: V128, x: V128, y: V128): V128 {
  const isInteger = (z: V128): V128 => f32x4.eq(z, f32x4.floor(z));
  const integer = scope.keep(isInteger(y));
  const even = isInteger(scope.keep(f32x4.mul(y, scope.float(0.5))));
  const signed = v128.or(power, v128.andnot(v128.and(signOf(scope, x), integer), even));
  // A negative number, but not −∞, to a fraction: all bits set are a NaN.
  const negative = v128.and(f32x4.lt(x, scope.float(0)), f32x4.gt(x, scope.float(Number.NEGATIVE_INFINITY)));
  const defined = v128.or(signed, v128.andnot(negative, integer));
  return v128.bitselect(scope.float(1), defined, f32x4.eq(y, scope.float(0)));
}
