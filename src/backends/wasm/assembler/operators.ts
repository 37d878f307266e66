import { type Bytes, signed, unsigned } from "./bytes.ts";
import type { Expression, Value, ValueType } from "./types.ts";

/** Makers of instructions from their opcodes. Operands are pushed in order, so an instruction is its operands, then its bytes. */

/** The code of a value: of a plain number, the constant. */
export const code = (value: Value): Expression<ValueType> =>
  typeof value === "number" ? [0x41, signed(value)] : value;

export type Unary<A extends ValueType, R extends ValueType> = (a: Value<A>) => Expression<R>;
export type Binary<A extends ValueType, B extends ValueType, R extends ValueType> = (
  a: Value<A>,
  b: Value<B>,
) => Expression<R>;

/** Opcodes of the vector instructions follow a prefix. */
export const vector = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

export const unary =
  <A extends ValueType, R extends ValueType = A>(...opcode: number[]): Unary<A, R> =>
  (a) => [code(a), opcode];

export const binary =
  <A extends ValueType, B extends ValueType = A, R extends ValueType = A>(...opcode: number[]): Binary<A, B, R> =>
  (a, b) => [code(a), code(b), opcode];

/** Comparisons of scalars give an i32. */
export const compare = <A extends ValueType>(opcode: number): Binary<A, A, "i32"> => binary<A, A, "i32">(opcode);

/** A lane of a vector: the instruction's last byte. */
export const extract =
  <R extends ValueType>(opcode: number) =>
  (a: Expression<"v128">, lane: number): Expression<R> => [a, vector(opcode), lane];

export const replace =
  <B extends ValueType>(opcode: number) =>
  (a: Expression<"v128">, lane: number, value: Value<B>): Expression<"v128"> => [a, code(value), vector(opcode), lane];

/** Access to memory at `address + offset`; `align` is the exponent of the alignment that the engine may expect. */
export const load =
  <R extends ValueType>(opcode: readonly number[], align: number) =>
  (address: Value<"i32">, offset = 0): Expression<R> => [code(address), opcode, align, unsigned(offset)];

export const store =
  <B extends ValueType>(opcode: readonly number[], align: number) =>
  (address: Value<"i32">, value: Value<B>, offset = 0): readonly Bytes[] => [
    code(address),
    code(value),
    opcode,
    align,
    unsigned(offset),
  ];
