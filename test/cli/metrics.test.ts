import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { siSdr, siSdrGain } from "../../src/cli/metrics.ts";
import { ShapeError } from "../../src/core/errors.ts";

const sample = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 1000);
const pairs = fc
  .array(fc.tuple(sample, sample), { minLength: 8, maxLength: 40 })
  .map((rows): [number[], number[]] => [rows.map(([r]) => r), rows.map(([, e]) => e)]);

describe("siSdr", () => {
  test("by hand", () => {
    // Means are 0; ⟨e, r⟩ = 4, ⟨r, r⟩ = 4, α = 1, e − r = (0, 1, 0, −1) / 2 with energy 0.5: 10 log10(4 / 0.5).
    expect(siSdr([1, -0.5, 1, -1.5], [1, -1, 1, -1])).toBeCloseTo(10 * Math.log10(8), 12);
    // ⟨e, r⟩ = 6, ⟨r, r⟩ = 4, α = 3/2, |αr|² = 9, residual (1.5, 0.5, −1.5, −0.5) with energy 5.
    expect(siSdr([3, -1, 0, -2], [1, -1, 1, -1])).toBeCloseTo(10 * Math.log10(9 / 5), 12);
  });

  test("scale, sign and offset of either signal do not matter", () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.1, max: 10, noNaN: true }), ([r, e], scale) => {
        const value = siSdr(e, r);
        fc.pre(Math.abs(value) < 60);
        expect(
          siSdr(
            e.map((x) => -scale * x + 0.25),
            r,
          ),
        ).toBeCloseTo(value, 6);
        expect(
          siSdr(
            e,
            r.map((x) => scale * x - 3),
          ),
        ).toBeCloseTo(value, 6);
      }),
    );
  });

  test("the definition with the angle between the signals", () => {
    fc.assert(
      fc.property(pairs, ([r, e]) => {
        const centre = (x: number[]): number[] => x.map((v) => v - x.reduce((s, u) => s + u, 0) / x.length);
        const dot = (a: number[], b: number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);
        const [a, b] = [centre(e), centre(r)];
        const cos2 = dot(a, b) ** 2 / (dot(a, a) * dot(b, b));
        fc.pre(cos2 > 1e-6 && cos2 < 1 - 1e-6);
        expect(siSdr(e, r)).toBeCloseTo(10 * Math.log10(cos2 / (1 - cos2)), 5);
      }),
    );
  });

  test("always finite", () => {
    expect(siSdr([1, 2, 4], [1, 2, 4])).toBe(100);
    expect(siSdr([-2, -4, -8], [1, 2, 4])).toBe(100);
    expect(siSdr([0, 0, 0], [1, 2, 4])).toBe(-100);
    expect(siSdr([1, 2, 4], [0, 0, 0])).toBe(-100);
    expect(siSdr([0.1, 0.1, 0.1], [0.3, 0.3, 0.3])).toBe(-100);
    expect(siSdr([1, -1, 0, 0], [0, 0, 1, -1])).toBe(-100);
    expect(siSdr([], [])).toBe(-100);
  });

  test("lengths must agree", () => {
    expect(() => siSdr([1], [1, 2])).toThrow(
      new ShapeError("siSdr: the estimate has 1 samples, the reference 2; expected the same"),
    );
  });
});

test("siSdrGain is the difference, and 0 for a silent reference", () => {
  const reference = [1, -1, 1, -1];
  expect(siSdrGain([3, -1, 0, -2], [1, -0.5, 1, -1.5], reference)).toBeCloseTo(10 * Math.log10(40 / 9), 12);
  expect(siSdrGain([1, 2], [3, 4], [0, 0])).toBe(0);
});
