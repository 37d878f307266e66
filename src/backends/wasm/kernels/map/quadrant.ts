import { type FunctionReference, f64x2, get, type Local, select, set } from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { nearest64, SHIFT } from "./double.ts";

/**
 * x = n · π/2 + r for x so large that multiples of π/2 would need hundreds of digits, after Payne and Hanek (1983): x · 2/π is summed
 * part by part, of which only remainders modulo 4 matter. The parts of 2/π have 24 bits, so that their products with floats are exact
 * doubles; eight of them leave an error below 2⁻⁶³ at 2^128, and none comes nearer to a multiple of π/2 than 2⁻³⁰ (16367173 · 2⁷²).
 */

/** 2/π · 2¹⁹², rounded down. */
const TWO_OVER_PI = 0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041n;
const parts = Array.from({ length: 8 }, (_, i) => {
  const end = BigInt(24 * (7 - i));
  return Number((TWO_OVER_PI >> end) & 0xffffffn) / 2 ** (24 * (i + 1));
});

/**
 * A function (x, which) of two floats, as doubles: r where `which` is 0, n + SHIFT where it is 1, with n modulo 4 in its lowest bits.
 * Of ∞ r is NaN.
 */
export function quadrantOfLarge(emission: Emission): FunctionReference<"v128"> {
  return emission.shared("quadrant of large", () =>
    emission.module.function({ parameters: ["v128", "i32"], result: "v128" }, (builder, x, which) => {
      const pair = (): Local<"v128"> => builder.local("v128");
      const [product, remainder, rest, sum, carry, n] = [pair(), pair(), pair(), pair(), pair(), pair()];
      const quarter = f64x2.const(0.25);
      const four = f64x2.const(4);
      const terms = parts.map((part) => [
        set(product, f64x2.mul(get(x), f64x2.const(part))),
        // −2 … 2; 0 where the product is so large that it is a multiple of 4.
        set(remainder, f64x2.sub(get(product), f64x2.mul(nearest64(f64x2.mul(get(product), quarter)), four))),
        set(rest, f64x2.sub(get(remainder), nearest64(get(remainder)))),
        set(carry, nearest64(f64x2.add(get(sum), get(rest)))),
        set(n, f64x2.add(get(n), f64x2.add(f64x2.sub(get(remainder), get(rest)), get(carry)))),
        // The sum so far has few bits, so that subtracting an integer is exact; then what is left may cancel.
        set(sum, f64x2.add(f64x2.sub(get(sum), get(carry)), get(rest))),
      ]);
      const r = f64x2.mul(get(sum), f64x2.const(Math.PI / 2));
      return [terms, select(f64x2.add(get(n), f64x2.const(SHIFT)), r, get(which))];
    }),
  );
}
