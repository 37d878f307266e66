import { readFileSync } from "node:fs";
import { manualSeed, nn, Parameter, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { erf, inverseErf } from "../../src/core/erf.ts";

/** Made by test/oracle/structured-init.py. */
const oracle: {
  cases: { name: string; shape: number[]; dtype: string; options: Record<string, number>; values: number[] }[];
} = JSON.parse(readFileSync(new URL("../oracle/structured-init.json", import.meta.url), "utf8"));

const { init } = nn;
const parameter = (shape: number[], dtype: "float32" | "float64" = "float32"): Parameter =>
  new Parameter(zeros(shape, { dtype }));

describe("nn.init, the structured ones", () => {
  for (const { name, shape, dtype, options, values } of oracle.cases)
    test(`${name}(${JSON.stringify(options)}) of shape [${shape}] in ${dtype} is PyTorch's`, () => {
      manualSeed(29);
      const p = parameter(shape, dtype as "float32");
      const { groups, gain, mean, std, a, b } = options;
      if (name === "dirac") init.dirac(p, groups);
      else if (name === "orthogonal") init.orthogonal(p, gain);
      else init.truncNormal(p, mean, std, a, b);
      const largest = Math.max(...values.map(Math.abs));
      const tolerance = name === "dirac" ? 0 : largest * (dtype === "float32" ? 5e-6 : 1e-12);
      const got = p.dataSync();
      expect(got.length).toBe(values.length);
      values.forEach((value, i) => {
        expect(Math.abs(Number(got[i]) - value), `element ${i}: ${got[i]} for ${value}`).toBeLessThanOrEqual(tolerance);
      });
    });

  test("refuses what it cannot fill", () => {
    expect(() => init.orthogonal(parameter([3]))).toThrow(
      "orthogonal: expected at least 2 axes and one element, got shape [3]",
    );
    expect(() => init.dirac(parameter([3, 3]))).toThrow("dirac: expected 3, 4 or 5 axes, got shape [3, 3]");
    expect(() => init.dirac(parameter([3, 3, 3]), 2)).toThrow(
      "dirac: axis 0 of shape [3, 3, 3] must be divisible by groups 2",
    );
    expect(() => init.truncNormal(parameter([3]), 0, 0)).toThrow("truncNormal: expected std > 0 and a ≤ b, got std 0");
    expect(() => init.truncNormal(parameter([3]), 0, 1, 2, 1)).toThrow("a 2, b 1");
  });
});

describe("erf and its inverse", () => {
  test("are inverses of each other, to the precision that erf has there", () => {
    for (let x = -5; x <= 5; x += 0.0137) {
      const y = erf(x);
      const slope = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
      expect(Math.abs(inverseErf(y) - x)).toBeLessThan(4e-16 * Math.abs(x) + 2e-15 / slope);
      expect(Math.abs(erf(inverseErf(y)) - y)).toBeLessThan(1e-15);
    }
  });

  test("have their known values", () => {
    // torch.erfinv in float64; Abramowitz & Stegun table 7.1
    expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 15);
    expect(erf(2)).toBeCloseTo(0.9953222650189527, 15);
    expect(inverseErf(0)).toBe(0);
    expect(inverseErf(1e-12) / 8.86226925452758e-13).toBeCloseTo(1, 14);
    expect(inverseErf(1 - 2 ** -24)).toBeCloseTo(3.8325068569, 8);
    expect(inverseErf(1)).toBe(Number.POSITIVE_INFINITY);
    expect(inverseErf(-1)).toBe(Number.NEGATIVE_INFINITY);
    expect(inverseErf(1.5)).toBeNaN();
    expect(erf(Number.NaN)).toBeNaN();
  });
});
