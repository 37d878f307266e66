import { f32x4, type V128, v128 } from "../../assembler/index.ts";
import { expm1Within } from "./exp.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";
import { signOf } from "./simple.ts";

/**
 * q(a) = −ln(1 − erf a) / a − 1 on 0 ≤ a ≤ 4, a smooth function, by degree 8: the error of erf a is 2^−27.8 of it. The 1 stays outside,
 * because then the rounding of q matters little.
 */
const forErf = [
  0.12837916612625122, 0.6366195678710938, 0.10277630388736725, -0.019147822633385658, -0.0001695039973128587,
  0.0016756755067035556, -0.0006373623618856072, 0.00011886085121659562, -9.387896170665044e-6,
];

/** erf x = ∓(e^(−a − a · q(a)) − 1) with a = |x|, which loses nothing near 0. At most 1.9 ulp. */
export function erf(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  // erf 3.92 is 1.
  const a = scope.keep(f32x4.pmin(f32x4.abs(x), scope.float(4)));
  const power = f32x4.add(a, f32x4.mul(a, polynomial(scope, a, forErf)));
  return v128.or(f32x4.abs(expm1Within(scope, f32x4.neg(power))), signOf(scope, x));
}
