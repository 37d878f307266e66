import { f32x4, i32x4, type V128, v128 } from "../../assembler/index.ts";
import type { Scope } from "./scope.ts";

/** x = 2ᵉ · m with √½ ≤ m < √2, for the logarithms. */

const SQRT_HALF = 0x3f3504f3;

/** The bits of x less those of √½: their exponent is e, and their mantissa lacks √½. x > 0 is no subnormal. */
export const relativeBits = (scope: Scope, x: V128): V128 => scope.keep(i32x4.sub(x, scope.int(SQRT_HALF)));
export const exponentOf = (bits: V128): V128 => f32x4.convertI32x4S(i32x4.shrS(bits, 23));
export const mantissaOf = (scope: Scope, bits: V128): V128 =>
  i32x4.add(v128.and(bits, scope.int(0x7fffff)), scope.int(SQRT_HALF));

/** e and m of any finite x > 0. */
export function split(scope: Scope, x: V128): { readonly exponent: V128; readonly mantissa: V128 } {
  const tiny = scope.keep(f32x4.lt(x, scope.float(2 ** -126)));
  const bits = relativeBits(scope, v128.bitselect(f32x4.mul(x, scope.float(2 ** 23)), x, tiny));
  const exponent = f32x4.sub(exponentOf(bits), v128.and(tiny, scope.float(23)));
  return { exponent, mantissa: mantissaOf(scope, bits) };
}
