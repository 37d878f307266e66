import { f32x4, i32x4, type V128, v128 } from "../../assembler/index.ts";
import { exponentOf, mantissaOf, relativeBits, split } from "./exponent.ts";
import { LN2_HIGH, LN2_LOW } from "./ln2.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/** (ln(1 + f) − f + f²/2) / f³ on √½ ≤ 1 + f ≤ √2: the error of ln(1 + f) is 2^−30.2 of it. */
const forLog = [
  0.3333331346511841, -0.25000008940696716, 0.20002076029777527, -0.16667993366718292, 0.14220207929611206,
  -0.12406004220247269, 0.11884766072034836, -0.11672434955835342, 0.06749129295349121,
];

/** ln(2ᵉ · (1 + f)) = e · ln 2 + ln(1 + f) */
function logOf(scope: Scope, exponent: V128, fraction: V128): V128 {
  const e = scope.keep(exponent);
  const f = scope.keep(fraction);
  const square = scope.keep(f32x4.mul(f, f));
  const cubic = f32x4.mul(f32x4.mul(square, f), polynomial(scope, f, forLog));
  const tail = f32x4.sub(cubic, f32x4.mul(square, scope.float(0.5)));
  const low = f32x4.add(tail, f32x4.mul(e, scope.float(LN2_LOW)));
  return f32x4.add(f32x4.mul(e, scope.float(LN2_HIGH)), f32x4.add(f, low));
}

/** `value` = ln x where 0 < x < ∞; of 0, negative x, ∞ and NaN the logarithm is −∞, NaN, ∞ and NaN. */
function atEdges(scope: Scope, value: V128, x: V128): V128 {
  const zero = scope.float(0);
  const below = v128.or(value, f32x4.lt(x, zero));
  const above = v128.bitselect(scope.float(Number.NEGATIVE_INFINITY), below, f32x4.eq(x, zero));
  return v128.bitselect(above, x, f32x4.lt(x, scope.float(Number.POSITIVE_INFINITY)));
}

/** At most 1 ulp, also of subnormal x. */
export function log(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  const { exponent, mantissa } = split(scope, x);
  const value = logOf(scope, exponent, f32x4.sub(mantissa, scope.float(1)));
  return atEdges(scope, value, x);
}

/**
 * 1 + x is u, rounded, and c, what was lost; 1 + f = (u + c) / 2ᵉ, so that f is x itself where e is 0. At most 1.5 ulp.
 */
export function log1p(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  const one = scope.float(1);
  const u = scope.keep(f32x4.add(x, one));
  const lost = f32x4.sub(x, f32x4.sub(u, one));
  const bits = relativeBits(scope, u);
  // 2⁻ᵉ; above 2^126 it does not matter, but must be no infinity.
  const exponent = v128.and(bits, scope.int(0xff800000 | 0));
  const scale = i32x4.maxS(i32x4.sub(scope.int(0x3f800000), exponent), scope.int(0));
  const f = f32x4.add(f32x4.sub(mantissaOf(scope, bits), one), f32x4.mul(lost, scale));
  // The sign is that of x, also of −0.
  return v128.or(atEdges(scope, logOf(scope, exponentOf(bits), f), u), signOf(scope, x));
}
