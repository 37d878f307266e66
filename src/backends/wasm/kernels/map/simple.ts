import type { ScalarFunction } from "../../../../core/kernels.ts";
import { f32x4, type V128, v128 } from "../../assembler/index.ts";
import type { Scope, VectorFunction } from "./scope.ts";

/** Functions that are exact or correctly rounded: the same bits as the reference, but for the payload of a NaN. */

const one =
  (instruction: (a: V128) => V128): VectorFunction =>
  (_, a) =>
    instruction(a);
const two =
  (instruction: (a: V128, b: V128) => V128): VectorFunction =>
  (_, a, b) =>
    instruction(a, b);

/** Comparisons, as masks: all bits of a lane, or none. */
export const masks: Partial<Record<ScalarFunction, (a: V128, b: V128) => V128>> = {
  equal: f32x4.eq,
  less: f32x4.lt,
};

/** The numbers 1 and 0 for a mask. */
export const numberOf = (scope: Scope, mask: V128): V128 => v128.and(mask, scope.float(1));
/** Where a number counts as true: a NaN does. */
export const maskOf = (scope: Scope, condition: V128): V128 => f32x4.ne(condition, scope.float(0));
export const signOf = (scope: Scope, x: V128): V128 => v128.and(x, scope.float(-0));

/** 0 and NaN stay as they are. */
function sign(scope: Scope, operand: V128): V128 {
  const x = scope.keep(operand);
  return v128.bitselect(v128.or(signOf(scope, x), scope.float(1)), x, f32x4.gt(f32x4.abs(x), scope.float(0)));
}

/** `pmax` keeps a NaN in its first operand, but also −0, which the sum makes 0: two instructions, where `max` takes eight on x64. */
const relu: VectorFunction = (scope, x) => f32x4.add(f32x4.pmax(x, scope.float(0)), scope.float(0));

export const simple = {
  neg: one(f32x4.neg),
  abs: one(f32x4.abs),
  sqrt: one(f32x4.sqrt),
  floor: one(f32x4.floor),
  round: one(f32x4.nearest),
  sign,
  relu,
  add: two(f32x4.add),
  sub: two(f32x4.sub),
  mul: two(f32x4.mul),
  div: two(f32x4.div),
  maximum: two(f32x4.max),
  minimum: two(f32x4.min),
  equal: (scope, a, b) => numberOf(scope, f32x4.eq(a, b)),
  less: (scope, a, b) => numberOf(scope, f32x4.lt(a, b)),
  select: (scope, condition, a, b) => v128.bitselect(a, b, maskOf(scope, condition)),
} satisfies Partial<Record<ScalarFunction, VectorFunction>>;
