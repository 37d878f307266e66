import { call, f32x4, f64x2, get, i32x4, ifThen, set, shuffle32, type V128, v128 } from "../../assembler/index.ts";
import { demote, each, type Halves, promote, SHIFT } from "./double.ts";
import { polynomial } from "./polynomial.ts";
import { quadrantOfLarge } from "./quadrant.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/**
 * x = n · π/2 + r, |r| ≤ π/4, in double: π/2 = HIGH + LOW with a HIGH of 33 bits, by which products with n < 2²⁰ are exact. The float
 * below 2²⁰ that is nearest to a multiple of π/2, 252.898…, leaves r > 2⁻²⁸, of which enough digits are right.
 */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;
const LARGE = 2 ** 20;

/** (sin r / r − 1) / r² in r²: the error of sin r is 2^−27.9 of it. (cos r − 1 + r²/2) / r⁴ in r²: that of cos r is 2⁻³³. */
const forSin = [-0.16666655242443085, 0.008332189172506332, -0.00019518285989761353];
const forCos = [0.04166664555668831, -0.0013887309469282627, 2.4432327336398885e-5];

/** sin(x + turns · π/2). x of any size; at most 1.6 ulp. */
function sine(scope: Scope, operand: V128, turns: number): V128 {
  const x = scope.keep(operand);
  const { r, n } = reduce(scope, x);
  const square = scope.keep(f32x4.mul(r, r));
  const rest = f32x4.mul(f32x4.mul(square, r), polynomial(scope, square, forSin));
  const sin = v128.or(f32x4.add(r, rest), signOf(scope, r)); // the sum of 0 and −0 would be 0
  const near1 = f32x4.sub(scope.float(1), f32x4.mul(square, scope.float(0.5)));
  const cos = f32x4.add(near1, f32x4.mul(f32x4.mul(square, square), polynomial(scope, square, forCos)));
  const quadrant = scope.keep(turns === 0 ? n : i32x4.add(n, scope.int(turns)));
  const odd = i32x4.shrS(i32x4.shl(quadrant, 31), 31);
  const minus = signOf(scope, i32x4.shl(quadrant, 30));
  return v128.xor(v128.bitselect(cos, sin, odd), minus);
}

export const sin = (scope: Scope, x: V128): V128 => sine(scope, x, 0);
export const cos = (scope: Scope, x: V128): V128 => sine(scope, x, 1);

function reduce(scope: Scope, x: V128): { readonly r: V128; readonly n: V128 } {
  const doubles = each(promote(scope, x)).map((half) => scope.keep(half));
  const shifted = each(doubles).map((half) =>
    scope.keep(f64x2.add(f64x2.mul(half, scope.double(2 / Math.PI)), scope.double(SHIFT))),
  );
  const rests = each(doubles, shifted).map((half, sum) => {
    const n = scope.keep(f64x2.sub(sum, scope.double(SHIFT)));
    const high = f64x2.sub(half, f64x2.mul(n, scope.double(HALF_PI_HIGH)));
    return f64x2.sub(high, f64x2.mul(n, scope.double(HALF_PI_LOW)));
  });
  const r = scope.assign(demote(rests));
  const n = scope.assign(lowBits(shifted));
  const large = scope.keep(f32x4.ge(f32x4.abs(x), scope.float(LARGE)));
  const quadrant = quadrantOfLarge(scope.emission);
  const ofLarge = (which: number): Halves => each(doubles).map((half) => call(quadrant, half, which));
  scope.do(
    ifThen(v128.anyTrue(large), [
      set(r, v128.bitselect(demote(ofLarge(0)), get(r), large)),
      set(n, v128.bitselect(lowBits(ofLarge(1)), get(n), large)),
    ]),
  );
  return { r: get(r), n: get(n) };
}

/** The low halves of four doubles. */
const lowBits = ([low, high]: Halves): V128 => shuffle32(low, high, [0, 2, 4, 6]);
