import { float32, float64, signed } from "./bytes.ts";
import { binary, compare, load, store, unary } from "./operators.ts";
import type { F32, F64, I32 } from "./types.ts";

/** Instructions on scalars, by the names of the WebAssembly text format in camelCase. */

const i32Binary = (opcode: number) => binary<"i32">(opcode);

export const i32 = {
  const: (value: number): I32 => [0x41, signed(value)],
  eqz: unary<"i32">(0x45),
  eq: i32Binary(0x46),
  ne: i32Binary(0x47),
  ltS: i32Binary(0x48),
  ltU: i32Binary(0x49),
  gtS: i32Binary(0x4a),
  gtU: i32Binary(0x4b),
  leS: i32Binary(0x4c),
  leU: i32Binary(0x4d),
  geS: i32Binary(0x4e),
  geU: i32Binary(0x4f),
  add: i32Binary(0x6a),
  sub: i32Binary(0x6b),
  mul: i32Binary(0x6c),
  divS: i32Binary(0x6d),
  divU: i32Binary(0x6e),
  remS: i32Binary(0x6f),
  remU: i32Binary(0x70),
  and: i32Binary(0x71),
  or: i32Binary(0x72),
  xor: i32Binary(0x73),
  shl: i32Binary(0x74),
  shrS: i32Binary(0x75),
  shrU: i32Binary(0x76),
  truncF32S: unary<"f32", "i32">(0xa8),
  reinterpretF32: unary<"f32", "i32">(0xbc),
  load: load<"i32">([0x28], 2),
  store: store<"i32">([0x36], 2),
};

export const f32 = {
  const: (value: number): F32 => [0x43, float32(value)],
  eq: compare<"f32">(0x5b),
  ne: compare<"f32">(0x5c),
  lt: compare<"f32">(0x5d),
  gt: compare<"f32">(0x5e),
  le: compare<"f32">(0x5f),
  ge: compare<"f32">(0x60),
  abs: unary<"f32">(0x8b),
  neg: unary<"f32">(0x8c),
  sqrt: unary<"f32">(0x91),
  add: binary<"f32">(0x92),
  sub: binary<"f32">(0x93),
  mul: binary<"f32">(0x94),
  div: binary<"f32">(0x95),
  min: binary<"f32">(0x96),
  max: binary<"f32">(0x97),
  convertI32S: unary<"i32", "f32">(0xb2),
  demoteF64: unary<"f64", "f32">(0xb6),
  reinterpretI32: unary<"i32", "f32">(0xbe),
  load: load<"f32">([0x2a], 2),
  store: store<"f32">([0x38], 2),
};

export const f64 = {
  const: (value: number): F64 => [0x44, float64(value)],
  eq: compare<"f64">(0x61),
  lt: compare<"f64">(0x63),
  gt: compare<"f64">(0x64),
  abs: unary<"f64">(0x99),
  neg: unary<"f64">(0x9a),
  sqrt: unary<"f64">(0x9f),
  add: binary<"f64">(0xa0),
  sub: binary<"f64">(0xa1),
  mul: binary<"f64">(0xa2),
  div: binary<"f64">(0xa3),
  promoteF32: unary<"f32", "f64">(0xbb),
  load: load<"f64">([0x2b], 3),
  store: store<"f64">([0x39], 3),
};
