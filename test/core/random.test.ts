import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OptionError, OptionTypeError } from "../../src/core/errors.ts";
import { defaultGenerator, drawNormal, Generator, manualSeed } from "../../src/core/random/index.ts";

type Step =
  | { call: "seed"; seed: string }
  | ({ call: "permutation"; size: number } & Expected)
  | ({ call: "uniform" | "normal"; size: number; dtype: "float32" | "float64"; args: [number, number] } & Expected);
type Expected = { values?: number[]; sha256?: string };
type Values = Float32Array | Float64Array | Uint32Array;

const fixture: {
  unseeded: { initialSeed: string; values: number[] };
  initialSeeds: Record<string, string>;
  streams: Record<string, Step[]>;
} = JSON.parse(readFileSync(new URL("../oracle/random-streams.json", import.meta.url), "utf8"));

const empty = (dtype: "float32" | "float64", size: number): Float32Array | Float64Array =>
  dtype === "float32" ? new Float32Array(size) : new Float64Array(size);

function expectBits(actual: Values, { values, sha256 }: Expected, label: string): void {
  if (sha256 !== undefined) {
    expect(createHash("sha256").update(actual).digest("hex"), label).toBe(sha256);
    return;
  }
  const expected = actual instanceof Float32Array ? values!.map(Math.fround) : values!;
  expect([...actual], label).toEqual(expected); // toEqual compares elements by Object.is
}

function expectClose(actual: Values, { values }: Expected, label: string): void {
  expect(actual.length, label).toBe(values!.length);
  for (const [i, value] of values!.entries()) {
    expect(Math.abs(actual[i]! - value), `${label} [${i}]`).toBeLessThanOrEqual(1e-15 * (1 + Math.abs(value)));
  }
}

/** [m, e] with x = m · 2^e. */
function exact(x: number): [bigint, number] {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & (2n ** 52n - 1n)) | (exponent ? 2n ** 52n : 0n);
  return [x < 0 ? -mantissa : mantissa, (exponent || 1) - 1075];
}

/** a · b + c in integers, then rounded to `precision` bits, ties to even. */
function fused(a: number, b: number, c: number, precision: number): number {
  const [[am, ae], [bm, be], [cm, ce]] = [exact(a), exact(b), exact(c)];
  let e = Math.min(ae + be, ce);
  const sum = am * bm * 2n ** BigInt(ae + be - e) + cm * 2n ** BigInt(ce - e);
  let m = sum < 0n ? -sum : sum;
  const excess = m.toString(2).length - precision;
  if (excess > 0) {
    const unit = 2n ** BigInt(excess);
    const rest = (m % unit) * 2n;
    m = m / unit + (rest > unit || (rest === unit && (m / unit) % 2n === 1n) ? 1n : 0n);
    e += excess;
  }
  return (sum < 0n ? -1 : 1) * Number(m) * 2 ** e;
}

describe("PyTorch's streams", () => {
  test.each(Object.entries(fixture.streams))("%s", (_, steps) => {
    const generator = new Generator();
    for (const [i, step] of steps.entries()) {
      const label = `step ${i}: ${step.call}`;
      if (step.call === "seed") generator.seed(BigInt(step.seed));
      else if (step.call === "permutation") expectBits(generator.permutation(step.size), step, label);
      else {
        const numbers = empty(step.dtype, step.size);
        const [first, second] = step.args;
        const isNormal = step.call === "normal";
        const out = isNormal
          ? drawNormal(generator, numbers, first, second)
          : generator.uniform(numbers, first, second);
        // log, sin and cos in double are the engine's own; PyTorch has glibc's.
        (isNormal && step.dtype === "float64" ? expectClose : expectBits)(out, step, label);
      }
    }
  });

  test("a generator that was never seeded", () => {
    const generator = new Generator();
    expect(String(generator.initialSeed)).toBe(fixture.unseeded.initialSeed);
    expectBits(generator.uniform(new Float32Array(4)), fixture.unseeded, "rand");
  });

  test.each(Object.entries(fixture.initialSeeds))("initialSeed of %s", (seed, initial) => {
    expect(String(new Generator(BigInt(seed)).initialSeed)).toBe(initial);
    if (Number.isSafeInteger(Number(seed))) expect(String(new Generator(Number(seed)).initialSeed)).toBe(initial);
  });
});

describe.each([
  ["float32", 24, 16],
  ["float64", 53, 1],
] as const)("one rounding, %s", (dtype, precision, size) => {
  const round = (x: number): number => (dtype === "float32" ? Math.fround(x) : x);

  test("uniform: u · (high - low) + low", () => {
    const bounds = new Generator(1);
    const [generator, twin] = [new Generator(2), new Generator(2)];
    const bound = (): number => round((bounds.float64() - 0.5) * 2 ** ((bounds.uint32() % 40) - 20));
    for (let i = 0; i < 5000; i++) {
      const [low, high] = [bound(), bound()].sort((a, b) => a - b) as [number, number];
      const u = dtype === "float32" ? twin.float32() : twin.float64();
      const expected = fused(u, round(high - low), low, precision);
      const actual = generator.uniform(empty(dtype, 1), low, high)[0];
      if (!Object.is(actual, expected)) expect.fail(`${u} in ${low}..${high}: ${actual}, not ${expected}`);
    }
  });

  test("normal: z · std + mean, just off the middle of two neighbours", () => {
    let roundedTwice = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const z = drawNormal(new Generator(seed), empty(dtype, size))[0]!;
      if (z < 0) continue;
      const std = round(1 / z); // z · std is 1 but for its last bits, and 1 is half the distance between two means
      const mean = 2 ** precision + 2 * (seed % 8);
      const expected = fused(z, std, mean, precision);
      const actual = drawNormal(new Generator(seed), empty(dtype, size), mean, std)[0];
      if (!Object.is(actual, expected)) expect.fail(`${z} · ${std} + ${mean}: ${actual}, not ${expected}`);
      if (round(z * std + mean) !== expected) roundedTwice++;
    }
    expect(roundedTwice).toBeGreaterThan(0);
  });
});

describe("state", () => {
  test("a snapshot survives JSON and repeats the stream, spare sample included", () => {
    const generator = new Generator(3);
    drawNormal(generator, new Float32Array(1));
    const state = JSON.parse(JSON.stringify(generator.getState()));
    const draw = (g: Generator): number[] => [
      ...drawNormal(g, new Float64Array(3)),
      ...g.uniform(new Float64Array(700)),
    ];
    const expected = draw(generator);
    const copy = new Generator().setState(state);
    expect(draw(copy)).toEqual(expected);
    expect(copy.initialSeed).toBe(3n);
    expect(draw(generator.setState(state))).toEqual(expected);
  });

  test("a snapshot of the wrong size is refused", () => {
    const state = new Generator().getState();
    expect(() => new Generator().setState({ ...state, words: [1] })).toThrow(OptionError);
    expect(() => new Generator().setState({ ...state, used: 625 })).toThrow("setState: 624 words with 625 used");
  });

  test("manualSeed restarts the default generator", () => {
    expect(manualSeed(42)).toBe(defaultGenerator);
    expect(defaultGenerator.float32()).toBe(0.8822692632675171);
    expect(defaultGenerator.initialSeed).toBe(42n);
    manualSeed(42n);
    expect(defaultGenerator.float32()).toBe(0.8822692632675171);
  });
});

describe("refusals", () => {
  test.each([
    [1.5, "manualSeed: seed 1.5 is not a safe integer"],
    [Number.NaN, "manualSeed: seed NaN is not a safe integer"],
    [2 ** 53, "manualSeed: seed 9007199254740992 is not a safe integer; give larger seeds as a bigint"],
    [2n ** 64n, "manualSeed: seed 18446744073709551616 is outside -2^63..2^64 - 1"],
    [-(2n ** 63n) - 1n, "manualSeed: seed -9223372036854775809 is outside -2^63..2^64 - 1"],
  ])("seed %s", (seed, message) => {
    expect(() => manualSeed(seed)).toThrow(OptionError);
    expect(() => manualSeed(seed)).toThrow(message);
  });

  test("a seed that is no number", () => {
    expect(() => manualSeed("42" as never)).toThrow(OptionTypeError);
    expect(() => manualSeed("42" as never)).toThrow("manualSeed: seed 42 (string) is neither a number nor a bigint");
    expect(() => manualSeed(undefined as never)).toThrow("manualSeed: seed undefined (undefined)");
  });

  test("bounds, deviations and sizes that PyTorch refuses, before anything is drawn", () => {
    const generator = new Generator(1);
    const before = generator.getState();
    const float32 = new Float32Array(2);
    expect(() => generator.uniform(float32, 2, 1)).toThrow("uniform: low 2 is not <= high 1");
    expect(() => generator.uniform(float32, Number.NaN, 1)).toThrow(OptionError);
    expect(() => generator.uniform(float32, 0, 1e39)).toThrow(OptionError);
    expect(() => generator.uniform(float32, -3e38, 3e38)).toThrow(OptionError);
    expect(() => generator.uniform(new Float64Array(2), -1.7e308, 1.7e308)).toThrow(OptionError);
    expect(() => drawNormal(generator, float32, 0, -1)).toThrow("normal: std -1 is not >= 0");
    expect(() => generator.permutation(-1)).toThrow("permutation: n -1 is not an integer in 0..214748363");
    expect(generator.getState()).toEqual(before);
  });
});
