import { get, type I32, i32, type Local, select, type Value } from "../../assembler/index.ts";

/** Address arithmetic, shorter to read. */

type Operand = Value<"i32">;

export const max = (a: Operand, b: Operand): I32 => select<"i32">(a, b, i32.gtS(a, b));
export const min = (a: Operand, b: Operand): I32 => select<"i32">(a, b, i32.ltS(a, b));

/** `variable · factor`, for a factor known at emission. */
export function scaled(variable: Local<"i32">, factor: number): I32 {
  if (factor === 0) return i32.const(0);
  return factor === 1 ? get(variable) : i32.mul(get(variable), factor);
}

/** `base + Σ variable · factor + offset` */
export function at(base: I32, terms: readonly (readonly [Local<"i32">, number])[], offset = 0): I32 {
  const moving = terms
    .filter(([, factor]) => factor !== 0)
    .reduce((sum, [variable, factor]) => i32.add(sum, scaled(variable, factor)), base);
  return offset === 0 ? moving : i32.add(moving, offset);
}
