import type { Bytes } from "./bytes.ts";

export type ValueType = "i32" | "f32" | "f64" | "v128";

export const valueTypeCode: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

declare const leaves: unique symbol;

/** Code that leaves one value of type `T` on the stack. The type exists for TypeScript alone. */
export type Expression<T extends ValueType> = readonly Bytes[] & { readonly [leaves]?: T };

/** Code that leaves nothing on the stack. */
export type Statement = readonly (Bytes | Statement)[] & { readonly [leaves]?: "nothing" };

/** A value as instructions take it: code, or for i32 a plain number. */
export type Value<T extends ValueType = ValueType> = Expression<T> | (T extends "i32" ? number : never);

export type I32 = Expression<"i32">;
export type F32 = Expression<"f32">;
export type F64 = Expression<"f64">;
export type V128 = Expression<"v128">;

/** A variable of a function; parameters come first. */
export interface Local<T extends ValueType = ValueType> {
  readonly index: number;
  readonly type: T;
}

/** A function of the module under construction, or an imported one. `R` is its result, `null` if it has none. */
export interface FunctionReference<R extends ValueType | null = ValueType | null> {
  readonly index: number;
  readonly parameters: readonly ValueType[];
  readonly result: R;
}
