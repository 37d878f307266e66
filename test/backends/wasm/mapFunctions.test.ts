import { describe, expect, test } from "vitest";
import type { ScalarFunction } from "../../../src/core/kernels.ts";
import { apply, applyInDouble, edges, firstDifference, sweep } from "./mapReference.ts";

/** Every pair of edges. */
const pairs = (): [Float32Array, Float32Array] => {
  const count = edges.length;
  const both = new Float32Array(count ** 2);
  return [both.map((_, i) => edges[Math.floor(i / count)]!), both.map((_, i) => edges[i % count]!)];
};

/** The values in an order that has nothing to do with the first: partners for a sweep. */
const shuffled = (values: Float32Array): Float32Array => values.map((_, i) => values[(i * 7919 + 13) % values.length]!);

const numbers = sweep(100);

function expectExact(fn: ScalarFunction, ...inputs: Float32Array[]): void {
  const actual = apply(fn, ...inputs);
  const expected = Float32Array.from(applyInDouble(fn, ...inputs));
  const i = firstDifference(actual, expected);
  expect(i, `${fn}(${inputs.map((input) => input[i])}) = ${expected[i]}, got ${actual[i]}`).toBe(-1);
}

describe("the same bits as the reference", () => {
  const unary = ["neg", "abs", "sqrt", "floor", "round", "sign", "relu"] as const;
  test.each(unary)("%s", (fn) => {
    expectExact(fn, edges);
    expectExact(fn, numbers);
  });

  const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "equal", "less"] as const;
  test.each(binary)("%s", (fn) => {
    expectExact(fn, ...pairs());
    expectExact(fn, numbers, shuffled(numbers));
  });

  test("select: a NaN counts as true", () => {
    const [a, b] = pairs();
    expectExact("select", shuffled(a), a, b);
    expectExact("select", a, b, shuffled(b));
  });
});

/** What a function may be wrong by, in units of the last place of the float32 nearest to the true result. */
const bounds: Partial<Record<ScalarFunction, number>> = {
  exp: 1,
  expm1: 1.3,
  log: 1,
  log1p: 1.5,
  sin: 1.6,
  cos: 1.6,
  tanh: 1.5,
  sigmoid: 2.4,
  erf: 1.9,
};

const word = new Float32Array(1);
const bitsOf = new Int32Array(word.buffer);
/** The distance of floats at x; that of subnormals is 2^−149. */
function ulp(x: number): number {
  word[0] = x;
  return 2 ** (Math.max((bitsOf[0]! >> 23) & 0xff, 1) - 150);
}

/** 0 where the right float was got. Zeros and their signs, infinities and NaNs must be right. */
function errorOf(actual: number, expected: number): number {
  const nearest = Math.fround(expected);
  if (Object.is(actual, nearest)) return 0;
  if (nearest === 0 || !Number.isFinite(actual) || !Number.isFinite(nearest)) return Number.POSITIVE_INFINITY;
  return Math.abs(actual - expected) / ulp(expected);
}

function worst(fn: ScalarFunction, ...inputs: Float32Array[]): { error: number; at: number[]; got?: number } {
  const [actual, expected] = [apply(fn, ...inputs), applyInDouble(fn, ...inputs)];
  // erf is odd; the reference makes 0 of −0.
  if (fn === "erf") for (const [i, x] of inputs[0]!.entries()) if (x === 0) expected[i] = x;
  let found: { error: number; at: number[]; got?: number } = { error: 0, at: [] };
  actual.forEach((got, i) => {
    const error = errorOf(got, expected[i]!);
    if (error > found.error) found = { error, at: inputs.map((input) => input[i]!), got };
  });
  return found;
}

/** Dense where the functions bend: ±[2^−8, 2^8). */
const bends = ((): Float32Array => {
  const high = Array.from({ length: 32 }, (_, i) => ((i >> 1) + 119) | ((i & 1) << 8));
  return Float32Array.from(
    high.flatMap((exponent) => {
      const values = new Int32Array(1500).map(
        (_, i) => (exponent << 23) | Math.floor(((i + ((i * 0.755) % 1)) / 1500) * 0x800000),
      );
      return Array.from(new Float32Array(values.buffer));
    }),
  );
})();

describe("within a few units of the last place", () => {
  test.each(Object.entries(bounds) as [ScalarFunction, number][])("%s: %d", (fn, bound) => {
    for (const values of [edges, numbers, bends]) {
      const { error, at, got } = worst(fn, values);
      expect(error, `${fn}(${at}) = ${got}`).toBeLessThanOrEqual(bound);
    }
  });

  test("limits are reached, not only approached", () => {
    const far = Float32Array.of(20, 100, 1e30, Number.POSITIVE_INFINITY);
    const of = (fn: ScalarFunction, x: Float32Array): number[] => [...new Set(apply(fn, x))];
    const negative = far.map((x) => -x);
    expect(of("tanh", far)).toEqual([1]);
    expect(of("erf", far)).toEqual([1]);
    expect(of("sigmoid", far)).toEqual([1]);
    expect(of("tanh", negative)).toEqual([-1]);
    expect(of("erf", negative)).toEqual([-1]);
    expect(of("expm1", negative)).toEqual([-1]);
    expect(
      of(
        "sigmoid",
        negative.map((x) => x * 6),
      ),
    ).toEqual([0]);
    expect(
      of(
        "exp",
        negative.map((x) => x * 6),
      ),
    ).toEqual([0]);
  });

  test("sin and cos next to multiples of π/2, of any size", () => {
    const near: number[] = [];
    for (let n = 1; n < 1e38; n = Math.ceil(n * 1.37)) {
      const x = Math.fround((n * Math.PI) / 2);
      near.push(x, x + ulp(x), x - ulp(x), -x);
    }
    // The float32 that comes nearest to a multiple of π/2.
    near.push(16367173 * 2 ** 72, -16367173 * 2 ** 72);
    const values = Float32Array.from(near);
    for (const fn of ["sin", "cos"] as const) {
      const { error, at, got } = worst(fn, values);
      expect(error, `${fn}(${at}) = ${got}`).toBeLessThanOrEqual(1.6);
    }
  });
});

describe("pow", () => {
  test("is as Math.pow at the edges", () => {
    const { error, at, got } = worst("pow", ...pairs());
    expect(error, `pow(${at}) = ${got}`).toBeLessThanOrEqual(0.51);
  });

  test("0.51 ulp", () => {
    const exponents = Float32Array.from(bends, (_, i) => ((i * 0.618) % 1) * 60 - 30);
    for (const [x, y] of [
      [bends, shuffled(bends)],
      [bends.map(Math.abs), shuffled(bends)],
      [bends.map(Math.abs), exponents],
      [numbers.map(Math.abs), Float32Array.from(numbers, (_, i) => ((i * 0.618) % 1) * 4 - 2)],
      [numbers, Float32Array.from(numbers, (_, i) => (i % 41) - 20)],
    ] as const) {
      const { error, at, got } = worst("pow", x, y);
      expect(error, `pow(${at}) = ${got}`).toBeLessThanOrEqual(0.51);
    }
  });

  test("is exact where the result is a float", () => {
    for (const [y, limit] of [
      [2, 4096],
      [3, 256],
      [-1, 1],
      [0.5, 4096],
      [1, 1e6],
    ] as const) {
      const x = Float32Array.from({ length: limit }, (_, i) => (y === 0.5 ? i * i : i));
      const expected = x.map((value) => value ** y);
      expect(
        firstDifference(
          apply(
            "pow",
            x,
            x.map(() => y),
          ),
          expected,
        ),
      ).toBe(-1);
    }
  });
});
