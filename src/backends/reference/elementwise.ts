import type { TypedArray } from "../../core/dtype.ts";
import { erf } from "../../core/erf.ts";
import type { Binary, Elementwise, Unary } from "../../core/kernels.ts";
import type { FloatArray } from "./multiplyAdd.ts";
import { eachRow, rowsOf } from "./rows.ts";

/** Functions of one number, computed in double and rounded when stored. */
export const unary: Record<Unary, (a: number) => number> = {
  neg: (a) => -a,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  relu: (a) => Math.max(a, 0),
  erf,
  floor: Math.floor,
  round: (a) => {
    const rounded = Math.round(a);
    return Math.abs(a % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  },
};

export const binary: Record<Binary, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  maximum: Math.max,
  minimum: Math.min,
  equal: (a, b) => (a === b ? 1 : 0),
  less: (a, b) => (a < b ? 1 : 0),
};

/** The functions that int64 knows. What does not fit wraps around when it is stored, as in int32. */
const ofBigInts: Partial<Record<Binary, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  maximum: (a, b) => (a > b ? a : b),
  minimum: (a, b) => (a < b ? a : b),
  equal: (a, b) => (a === b ? 1n : 0n),
  less: (a, b) => (a < b ? 1n : 0n),
};

function binaryOf(fn: Binary, out: TypedArray): (a: number, b: number) => number {
  if (out instanceof BigInt64Array) return ofBigInts[fn] as unknown as (a: number, b: number) => number;
  // A double loses the low digits of a product of two int32, which are what remains of it.
  return fn === "mul" && out instanceof Int32Array ? Math.imul : binary[fn];
}

export function elementwise({ fn, shape, strides }: Elementwise, inputs: readonly TypedArray[], out: TypedArray): void {
  const [a, b, c] = inputs as readonly FloatArray[];
  const result = out as FloatArray;
  const rows = rowsOf(shape, strides);
  if (fn === "select") {
    const [sa, sb, sc] = rows.steps as [number, number, number];
    const zero = (out instanceof BigInt64Array ? 0n : 0) as number;
    eachRow(rows, (o, [ia, ib, ic]) => {
      for (let t = 0; t < rows.length; t++)
        result[o + t] = a![ia! + t * sa]! !== zero ? b![ib! + t * sb]! : c![ic! + t * sc]!;
    });
  } else if (fn in binary) {
    const f = binaryOf(fn as Binary, out);
    const [sa, sb] = rows.steps as [number, number];
    eachRow(rows, (o, [ia, ib]) => {
      for (let t = 0; t < rows.length; t++) result[o + t] = f(a![ia! + t * sa]!, b![ib! + t * sb]!);
    });
  } else {
    const f = unary[fn as Unary];
    const [sa] = rows.steps as [number];
    eachRow(rows, (o, [ia]) => {
      for (let t = 0; t < rows.length; t++) result[o + t] = f(a![ia! + t * sa]!);
    });
  }
}
