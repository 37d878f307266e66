/** An assembler for WebAssembly modules: expressions and statements as nested bytes, typed by what they leave on the stack. */
export * from "./control.ts";
export { type FunctionBuilder, ModuleBuilder } from "./module.ts";
export { f32, f64, i32 } from "./scalar.ts";
export { f32x4, f64x2, i8x16, i32x4, shuffle32, v128 } from "./simd.ts";
export type {
  Expression,
  F32,
  F64,
  FunctionReference,
  I32,
  Local,
  Statement,
  V128,
  Value,
  ValueType,
} from "./types.ts";
