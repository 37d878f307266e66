import { f32x4, f64x2, shuffle32, type V128 } from "../../assembler/index.ts";
import { binary, unary, vector } from "../../assembler/operators.ts";
import type { Scope } from "./scope.ts";

/** Four floats as two pairs of doubles, for functions that need more digits on their way than float32 has. */
export type Halves = readonly [V128, V128];

export const promote = (scope: Scope, x: V128): Halves => {
  const all = scope.keep(x);
  return [f64x2.promoteLowF32x4(all), f64x2.promoteLowF32x4(shuffle32(all, all, [2, 3, 2, 3]))];
};

/** Rounded to float32. */
export const demote = ([low, high]: Halves): V128 =>
  shuffle32(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]);

/** The same code for both halves. */
export const each = (...operands: Halves[]) => ({
  map: (code: (...halves: V128[]) => V128): Halves => [
    code(...operands.map(([low]) => low)),
    code(...operands.map(([, high]) => high)),
  ],
});

/** 1.5 · 2⁵²: added to a number, it leaves the number's integer part, ties to even, in the low bits of the sum. */
export const SHIFT = 1.5 * 2 ** 52;

/** c₀ + c₁x + c₂x² + … in double. */
export function polynomial64(scope: Scope, x: V128, coefficients: readonly number[]): V128 {
  const [last, ...others] = coefficients.map((c) => scope.double(c)).reverse();
  return others.reduce((sum, c) => f64x2.add(f64x2.mul(sum, x), c), last!);
}

/** To the nearest integer, ties to even. */
export const nearest64 = unary<"v128">(...vector(0x94));
/** `b < a ? b : a` and `a < b ? b : a`. */
export const pmin64 = binary<"v128">(...vector(0xf6));
export const pmax64 = binary<"v128">(...vector(0xf7));
export const shl64 = binary<"v128", "i32", "v128">(...vector(0xcb));
export const add64 = binary<"v128">(...vector(0xce));
