import {
  type F64,
  type FunctionReference,
  f32,
  f64,
  get,
  i32,
  type Local,
  select,
  set,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { SHIFT } from "./double.ts";

/**
 * x = n · π/2 + r for large x, where subtracting multiples of π/2 would take hundreds of digits of them. x is m · 2ᵉ with an integer
 * m of 24 bits, and of 2ᵉ · 2/π only the remainder modulo 4 matters, which a table has for every e (Payne and Hanek 1983).
 */

type FourDoubles = [Local<"f64">, Local<"f64">, Local<"f64">, Local<"f64">];

/** 2/π · 2²²⁴, rounded down. */
const TWO_OVER_PI = 0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abn;
/** The exponent field of the table's first entry: 2²⁰ ≤ |x| < 2²¹, where e is −3. */
const FIRST = 127 + 20;

/** 2ᵉ · 2/π modulo 4 for e = −3 … 105, each as a double of 29 bits, by which products with m are exact, and what is missing. */
function remainders(): Float64Array {
  const table = new Float64Array(2 * (256 - FIRST));
  for (let e = 0; e < table.length / 2; e++) {
    const remainder = (TWO_OVER_PI << BigInt(e)) & ((1n << 229n) - 1n); // in units of 2^−227
    const high = (remainder + (1n << 199n)) >> 200n;
    table[2 * e] = Number(high) / 2 ** 27;
    table[2 * e + 1] = Number(remainder - (high << 200n)) / 2 ** 227;
  }
  return table;
}

/** A function (x, which) for |x| ≥ 2²⁰: r where `which` is 0, n modulo 4 (−2 … 2) where it is 1. Of ∞ r is NaN. */
export function quadrantOfLarge(emission: Emission): FunctionReference<"f32"> {
  return emission.shared("quadrant of large", () => {
    const table = emission.constant(new Int32Array(remainders().buffer));
    return emission.module.function({ parameters: ["f32", "i32"], result: "f32" }, (builder, x, which) => {
      const entry = builder.local("i32");
      const [product, n, rest, more] = [0, 1, 2, 3].map(() => builder.local("f64")) as FourDoubles;
      const bits = i32.reinterpretF32(get(x));
      const exponent = i32.and(i32.shrU(bits, i32.const(23)), i32.const(0xff));
      const mantissa = i32.or(i32.and(bits, i32.const(0x807fffff | 0)), i32.const((127 + 23) << 23));
      const m = f64.promoteF32(f32.reinterpretI32(mantissa));
      const r = f64.mul(f64.sub(get(rest), get(more)), f64.const(Math.PI / 2));
      const fours = f64.mul(nearest(f64.mul(get(n), f64.const(0.25))), f64.const(4));
      return [
        set(entry, i32.add(table, i32.shl(i32.sub(exponent, i32.const(FIRST)), i32.const(4)))),
        set(product, f64.mul(m, f64.load(get(entry)))),
        set(n, nearest(get(product))),
        set(rest, f64.add(f64.sub(get(product), get(n)), f64.mul(m, f64.load(get(entry), 8)))),
        set(more, nearest(get(rest))),
        set(n, f64.add(get(n), get(more))),
        select(f32.demoteF64(f64.sub(get(n), fours)), f32.add(f32.demoteF64(r), f32.sub(get(x), get(x))), get(which)),
      ];
    });
  });
}

/** To the nearest integer, ties to even. */
const nearest = (value: F64): F64 => f64.sub(f64.add(value, f64.const(SHIFT)), f64.const(SHIFT));
