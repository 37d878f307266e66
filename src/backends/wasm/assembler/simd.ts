import { type Bytes, float32, float64, int32, unsigned } from "./bytes.ts";
import { type Binary, binary, extract, load, replace, store, type Unary, unary, vector } from "./operators.ts";
import type { Expression, I32, Statement, V128 } from "./types.ts";

/** Instructions on 128-bit vectors, by the names of the WebAssembly text format in camelCase. */

const v1 = (opcode: number): Unary<"v128", "v128"> => unary<"v128">(...vector(opcode));
const v2 = (opcode: number): Binary<"v128", "v128", "v128"> => binary<"v128">(...vector(opcode));
/** Shifts take their count from a scalar. */
const shift = (opcode: number): Binary<"v128", "i32", "v128"> => binary<"v128", "i32", "v128">(...vector(opcode));
const constant = (bytes: readonly Bytes[]): V128 => [vector(0x0c), bytes];
const four = (values: readonly number[]): readonly number[] =>
  values.length === 1 ? new Array<number>(4).fill(values[0]!) : values;

/** Lanes that are loaded or stored alone: the vector is the second operand, the lane the last byte. */
const laneAccess =
  (opcode: number, align: number) =>
  (address: I32, value: V128, lane: number, offset = 0): readonly Bytes[] => [
    address,
    value,
    vector(opcode),
    align,
    unsigned(offset),
    lane,
  ];

export const v128 = {
  load: load<"v128">(vector(0x00), 2),
  load32Splat: load<"v128">(vector(0x09), 2),
  load64Splat: load<"v128">(vector(0x0a), 2),
  load32Zero: load<"v128">(vector(0x5c), 2),
  load64Zero: load<"v128">(vector(0x5d), 2),
  store: store<"v128">(vector(0x0b), 2),
  load32Lane: laneAccess(0x56, 2) as (address: I32, value: V128, lane: number, offset?: number) => V128,
  store32Lane: laneAccess(0x5a, 2) as (address: I32, value: V128, lane: number, offset?: number) => Statement,
  store64Lane: laneAccess(0x5b, 2) as (address: I32, value: V128, lane: number, offset?: number) => Statement,
  not: v1(0x4d),
  and: v2(0x4e),
  /** a and not b */
  andnot: v2(0x4f),
  or: v2(0x50),
  xor: v2(0x51),
  /** Bits of `a` where the mask has ones, of `b` elsewhere. */
  bitselect: (a: V128, b: V128, mask: V128): V128 => [a, b, mask, vector(0x52)],
  anyTrue: unary<"v128", "i32">(...vector(0x53)),
};

export const i32x4 = {
  /** One number for all lanes, or four. */
  const: (...values: number[]): V128 => constant(four(values).flatMap(int32)),
  splat: unary<"i32", "v128">(...vector(0x11)),
  extractLane: extract<"i32">(0x1b),
  replaceLane: replace<"i32">(0x1c),
  eq: v2(0x37),
  ne: v2(0x38),
  ltS: v2(0x39),
  gtS: v2(0x3b),
  shl: shift(0xab),
  shrS: shift(0xac),
  shrU: shift(0xad),
  add: v2(0xae),
  sub: v2(0xb1),
  mul: v2(0xb5),
  minS: v2(0xb6),
  maxS: v2(0xb8),
  /** Towards zero; what does not fit becomes the nearest integer, NaN becomes 0. */
  truncSatF32x4S: v1(0xf8),
};

export const f32x4 = {
  /** One number for all lanes, or four. */
  const: (...values: number[]): V128 => constant(four(values).flatMap(float32)),
  splat: unary<"f32", "v128">(...vector(0x13)),
  extractLane: extract<"f32">(0x1f),
  replaceLane: replace<"f32">(0x20),
  eq: v2(0x41),
  ne: v2(0x42),
  lt: v2(0x43),
  gt: v2(0x44),
  le: v2(0x45),
  ge: v2(0x46),
  ceil: v1(0x67),
  floor: v1(0x68),
  trunc: v1(0x69),
  /** To the nearest integer, ties to even. */
  nearest: v1(0x6a),
  abs: v1(0xe0),
  neg: v1(0xe1),
  sqrt: v1(0xe3),
  add: v2(0xe4),
  sub: v2(0xe5),
  mul: v2(0xe6),
  div: v2(0xe7),
  /** NaN if one of them is. */
  min: v2(0xe8),
  max: v2(0xe9),
  /** `b < a ? b : a` and `a < b ? b : a`: one machine instruction. */
  pmin: v2(0xea),
  pmax: v2(0xeb),
  convertI32x4S: v1(0xfa),
  demoteF64x2Zero: v1(0x5e),
};

export const f64x2 = {
  /** One number for both lanes, or two. */
  const: (...values: number[]): V128 =>
    constant((values.length === 1 ? [values[0]!, values[0]!] : values).flatMap(float64)),
  splat: unary<"f64", "v128">(...vector(0x14)),
  extractLane: extract<"f64">(0x21),
  add: v2(0xf0),
  sub: v2(0xf1),
  mul: v2(0xf2),
  div: v2(0xf3),
  promoteLowF32x4: v1(0x5f),
};

export const i8x16 = {
  /** Sixteen bytes out of the thirty-two of `a` and `b`. */
  shuffle: (a: V128, b: V128, bytes: readonly number[]): V128 => [a, b, vector(0x0d), bytes],
};

/** Four 32-bit lanes out of the eight of `a` (0 … 3) and `b` (4 … 7). */
export const shuffle32 = (a: V128, b: V128, lanes: readonly number[]): Expression<"v128"> =>
  i8x16.shuffle(
    a,
    b,
    lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  );
