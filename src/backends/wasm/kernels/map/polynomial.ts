import { f32x4, type V128 } from "../../assembler/index.ts";
import type { Scope } from "./scope.ts";

/** c₀ + c₁x + c₂x² + … by Horner's rule. `x` is used as often as there are powers. */
export function polynomial(scope: Scope, x: V128, coefficients: readonly number[]): V128 {
  const [last, ...others] = coefficients.map((c) => scope.float(c)).reverse();
  return others.reduce((sum, c) => f32x4.add(f32x4.mul(sum, x), c), last!);
}
