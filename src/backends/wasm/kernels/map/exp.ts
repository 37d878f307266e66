import { f32x4, i32x4, type V128, v128 } from "../../assembler/index.ts";
import { LN2_HIGH, LN2_LOW } from "./ln2.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/**
 * e^x = 2ⁿ · e^r with n = x / ln 2 to the nearest integer, so that |r| ≤ ½ ln 2. Where x is clamped, 2ⁿ overflows or vanishes all the
 * same. `pmin` and `pmax` keep a NaN in their first operand, and every step after them does.
 */

/** 1.5 · 2²³: added to a small number, it leaves the number's integer part, ties to even, in the low bits of the sum. */
const SHIFT = 12582912;
const ONE = 0x3f800000;

interface Reduced {
  /** n + SHIFT, as a float: its bits end in those of n. */
  readonly shifted: V128;
  /** r = high − low. */
  readonly high: V128;
  readonly low: V128;
}

function reduce(scope: Scope, x: V128): Reduced {
  const shifted = scope.keep(f32x4.add(f32x4.mul(x, scope.float(Math.LOG2E)), scope.float(SHIFT)));
  const n = scope.keep(f32x4.sub(shifted, scope.float(SHIFT)));
  const high = scope.keep(f32x4.sub(x, f32x4.mul(n, scope.float(LN2_HIGH))));
  return { shifted, high, low: f32x4.mul(n, scope.float(LN2_LOW)) };
}

/** r², or 0 for |r| < 2^−25: nothing beside r, and it would soon be subnormal, at which processors take a hundred times as long. */
function squared(scope: Scope, r: V128): V128 {
  const large = scope.keep(v128.and(r, f32x4.ge(f32x4.abs(r), scope.float(2 ** -25))));
  return f32x4.mul(large, large);
}

/** (e^r − 1 − r) / r² on |r| ≤ ½ ln 2: the error of e^r is 2^−28.2 of it. */
const forExp = [0.4999999403953552, 0.1666652113199234, 0.04166827350854874, 0.00836868491023779, 0.001382010872475803];

/** e^r, and n in `shifted`. */
function parts(scope: Scope, x: V128): { readonly power: V128; readonly shifted: V128 } {
  const { shifted, high, low } = reduce(scope, x);
  const r = scope.keep(f32x4.sub(high, low));
  const tail = f32x4.mul(squared(scope, r), polynomial(scope, r, forExp));
  return { power: f32x4.add(f32x4.add(r, tail), scope.float(1)), shifted };
}

/** At most 1 ulp; results below 2⁻¹²⁶ are rounded like the others. */
export function exp(scope: Scope, operand: V128): V128 {
  // e^89 is infinite, e^−104 is nearer to 0 than to the least float.
  const x = scope.keep(f32x4.pmax(f32x4.pmin(operand, scope.float(89)), scope.float(-104)));
  const { power, shifted } = parts(scope, x);
  // 2ⁿ = 2^⌊n/2⌋ · 2^(n − ⌊n/2⌋), because 2^128 and 2^−150 are no normal floats; only the last product rounds.
  const half = scope.keep(v128.and(i32x4.shl(shifted, 22), scope.int(0xff800000 | 0)));
  const rest = i32x4.sub(i32x4.shl(shifted, 23), half);
  const first = f32x4.mul(power, i32x4.add(half, scope.int(ONE)));
  return f32x4.mul(first, i32x4.add(rest, scope.int(ONE)));
}

/** e^x for |x| ≤ 87, where 2ⁿ is a normal float. At most 1 ulp. */
export function expWithin(scope: Scope, operand: V128): V128 {
  const { power, shifted } = parts(scope, scope.keep(operand));
  return f32x4.mul(power, i32x4.add(i32x4.shl(shifted, 23), scope.int(ONE)));
}

/** (e^r − 1 − r) / r² on |r| ≤ ½ ln 2: the error of e^r − 1 is 2^−31 of it. */
const forExpm1 = [
  0.5, 0.1666666567325592, 0.04166649281978607, 0.008333544246852398, 0.001393234240822494, 0.00019763382442761213,
];

/** At most 1.3 ulp. */
export function expm1(scope: Scope, operand: V128): V128 {
  const y = scope.keep(operand);
  // e^89 is infinite, e^−18 − 1 is −1.
  return v128.or(
    expm1Within(scope, f32x4.pmax(f32x4.pmin(y, scope.float(89)), scope.float(-18)), true),
    signOf(scope, y),
  );
}

/**
 * e^x − 1 = 2ⁿ · ((1 − 2⁻ⁿ + high) + (r² · q(r) − low)) for −18 ≤ x ≤ 89, or 87 if not `large`; the first sum is exact where the parts
 * of it nearly cancel. −0 may become 0.
 */
export function expm1Within(scope: Scope, operand: V128, large = false): V128 {
  const x = scope.keep(operand);
  const { shifted, high, low: computed } = reduce(scope, x);
  const low = scope.keep(computed);
  const r = scope.keep(f32x4.sub(high, low));
  const exponent = scope.keep(i32x4.shl(shifted, 23));
  const inverse = i32x4.sub(scope.int(ONE), exponent);
  const unit = f32x4.sub(scope.float(1), large ? i32x4.maxS(inverse, scope.int(0)) : inverse);
  const tail = f32x4.sub(f32x4.mul(squared(scope, r), polynomial(scope, r, forExpm1)), low);
  const sum = f32x4.add(f32x4.add(unit, high), tail);
  // 2^128 is no float: twice 2^127.
  return large
    ? f32x4.mul(f32x4.add(sum, sum), i32x4.add(exponent, scope.int(ONE - 0x800000)))
    : f32x4.mul(sum, i32x4.add(exponent, scope.int(ONE)));
}
