/** Recurrences in WebAssembly: every moment is the reference's from the states before it, and pieces have the bits of the whole. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emitRecurrence } from "../../../src/backends/wasm/kernels/recurrence.ts";
import type { Recurrence } from "../../../src/core/kernels.ts";
import { type Kind, kinds, type Sizes } from "../recurrences.ts";
import { between, contents, floats } from "./agreement.ts";
import { columns, momentsOf, momentTolerances } from "./recurrenceMoments.ts";
import { runKernel } from "./runKernel.ts";

const sizes = fc.record({
  batch: between(0, 3),
  hidden: fc.oneof(between(1, 9), between(10, 41)),
  length: between(0, 6),
});

function run(attributes: Recurrence, inputs: readonly Float32Array[]): Float32Array {
  const { batch, hidden, length, states } = attributes;
  const size = states * batch * hidden * length;
  return runKernel(emitRecurrence, attributes, inputs, "float32", size) as Float32Array;
}

/** gates, weight, perhaps the bias, initial */
function inputsOf(kind: Kind, { batch, hidden, length }: Sizes, given: { seed: number; special: number }) {
  const plain = (seed: number, count: number) => floats({ seed: given.seed + seed, special: 0 }, count);
  const gates = floats(given, batch * kind.gates * hidden * length);
  const weight = plain(3, kind.gates * hidden * hidden).map((w) => w / Math.sqrt(hidden));
  const fixed = kind.hasBias ? [weight, plain(4, kind.gates * hidden)] : [weight];
  return { gates, fixed, initial: plain(5, batch * kind.states * hidden) };
}

describe.each(kinds)("$name", (kind) => {
  test("each moment, from the states that it really started from", () => {
    fc.assert(
      fc.property(sizes, contents, (size, given) => {
        const { gates, fixed, initial } = inputsOf(kind, size, given);
        const attributes = kind.attributes(size);
        const actual = run(attributes, [gates, ...fixed, initial]);
        const expected = momentsOf(attributes, [gates, ...fixed, initial], actual);
        const tolerances = momentTolerances([gates, ...fixed, initial], expected);
        for (const [i, value] of actual.entries())
          if (!Object.is(value, expected[i]) && !(Math.abs(value - expected[i]!) <= tolerances[i]!))
            expect({ i, value }).toEqual({ i, value: expected[i] });
      }),
      { numRuns: 200 },
    );
  });

  test("pieces", () => {
    fc.assert(
      fc.property(sizes, contents, between(1, 5), ({ batch, hidden, length }, given, cut) => {
        if (batch === 0 || cut >= length) return;
        const { gates, fixed, initial } = inputsOf(kind, { batch, hidden, length }, given);
        const attributes = (count: number): Recurrence => kind.attributes({ batch, hidden, length: count });
        const whole = run(attributes(length), [gates, ...fixed, initial]);
        const first = run(attributes(cut), [columns(gates, length, 0, cut), ...fixed, initial]);
        const rest = run(attributes(length - cut), [
          columns(gates, length, cut, length),
          ...fixed,
          columns(first, cut, cut - 1, cut),
        ]);
        expect(first).toEqual(columns(whole, length, 0, cut));
        expect(rest).toEqual(columns(whole, length, cut, length));
      }),
      { numRuns: 100 },
    );
  });

  test("no bit depends on the place of a unit among the others", () => {
    // Units of equal weights and gates, in vectors and in the remainder.
    for (const hidden of [1, 2, 3, 5, 8, 11, 34]) {
      const attributes = kind.attributes({ batch: 1, hidden, length: 3 });
      const perGate = (numbers: readonly number[], each: number): Float32Array =>
        Float32Array.from({ length: kind.gates * hidden * each }, (_, i) => numbers[Math.floor(i / (hidden * each))]!);
      const states = run(attributes, [
        perGate([0.3, -0.7, 1.1, 0.2], 3),
        perGate([0.11, -0.23, 0.37, 0.05], hidden),
        ...(kind.hasBias ? [perGate([0.5, 0.1, -0.4], 1)] : []),
        new Float32Array(kind.states * hidden).fill(0.6),
      ]);
      for (let row = 0; row < states.length / 3; row++)
        expect(states.slice(3 * row, 3 * row + 3)).toEqual(
          states.slice(3 * hidden * Math.floor(row / hidden), 3 * hidden * Math.floor(row / hidden) + 3),
        );
    }
  });

  test("is for float32 alone", () => {
    const inputs = [kind.gates, kind.gates, ...(kind.hasBias ? [kind.gates] : []), kind.states].map(
      (size) => new Float64Array(size),
    );
    const attributes = kind.attributes({ batch: 1, hidden: 1, length: 1 });
    expect(() => runKernel(emitRecurrence, attributes, inputs, "float64", kind.states)).toThrow("no kernel");
  });
});

test("the sums run over ascending hidden units, product and sum rounded one by one", () => {
  // 2²⁴ + 1 is 2²⁴ in float32: only in this order 1 is lost in the rows of i and o, and found in those of f.
  for (const hidden of [3, 4, 33]) {
    const weight = new Float32Array(4 * hidden * hidden);
    const rows = [
      [2 ** 24, 1, -(2 ** 24)],
      [2 ** 24, -(2 ** 24), 1],
      [1, 1, 1],
      [2 ** 24, 1, -(2 ** 24)],
    ];
    for (let row = 0; row < 4 * hidden; row++) weight.set(rows[Math.floor(row / hidden)]!, row * hidden);
    const initial = new Float32Array(2 * hidden).fill(1);
    const attributes = kinds[0]!.attributes({ batch: 1, hidden, length: 1 });
    const states = run(attributes, [new Float32Array(4 * hidden), weight, initial]);
    const c = 1 / (1 + Math.exp(-1)) + 0.5 * Math.tanh(3);
    for (let k = 0; k < hidden; k++) {
      expect(states[hidden + k]).toBeCloseTo(c, 6);
      expect(states[k]).toBeCloseTo(0.5 * Math.tanh(c), 6);
    }
  }
});

test("the sums of a GRU start from the bias", () => {
  // 2⁻²⁴ is lost when it is added to 1, and again; 2⁻²³ would not be.
  for (const kind of kinds.slice(1))
    for (const hidden of [2, 7]) {
      const weight = new Float32Array(3 * hidden * hidden);
      for (let row = 2 * hidden; row < 3 * hidden; row++) weight.fill(2 ** -24, row * hidden, row * hidden + 2);
      const gates = new Float32Array(3 * hidden)
        .fill(200, 0, hidden)
        .fill(-200, hidden, 2 * hidden)
        .fill(-1, 2 * hidden);
      const bias = new Float32Array(3 * hidden).fill(1, 2 * hidden);
      const initial = new Float32Array(hidden).fill(1);
      const states = run(kind.attributes({ batch: 1, hidden, length: 1 }), [gates, weight, bias, initial]);
      expect(Array.from(states, Math.abs)).toEqual(new Array(hidden).fill(0));
    }
});
