/** lstm in WebAssembly: every moment is the reference's from the states before it, and pieces have the bits of the whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emitLstm } from "../../../src/backends/wasm/kernels/lstm.ts";
import type { LstmSizes } from "../../../src/core/kernels.ts";
import { between, contents, floats } from "./agreement.ts";
import { columns, momentsOf, momentTolerance } from "./lstmMoments.ts";
import { runKernel } from "./runKernel.ts";

const sizes = fc.record({
  batch: between(0, 3),
  hidden: fc.oneof(between(1, 9), between(10, 41)),
  length: between(0, 6),
});

const run = (given: LstmSizes, inputs: readonly Float32Array[]): Float32Array =>
  runKernel(emitLstm, given, inputs, "float32", 2 * given.batch * given.hidden * given.length) as Float32Array;

function inputsOf({ batch, hidden, length }: LstmSizes, given: { seed: number; special: number }) {
  const gates = floats(given, batch * 4 * hidden * length);
  const weight = floats({ seed: given.seed + 3, special: 0 }, 4 * hidden * hidden).map((w) => w / Math.sqrt(hidden));
  return [gates, weight, floats({ seed: given.seed + 5, special: 0 }, batch * 2 * hidden)] as const;
}

test("each moment, from the states that it really started from", () => {
  fc.assert(
    fc.property(sizes, contents, ({ batch, hidden, length }, given) => {
      const [gates, weight, initial] = inputsOf({ batch, hidden, length }, given);
      const actual = run({ batch, hidden, length }, [gates, weight, initial]);
      const expected = momentsOf({ batch, hidden, length }, [gates, weight, initial], actual);
      for (const [i, value] of actual.entries())
        if (!Object.is(value, expected[i]) && !(Math.abs(value - expected[i]!) <= momentTolerance(expected[i]!)))
          expect({ i, value }).toEqual({ i, value: expected[i] });
    }),
    { numRuns: 200 },
  );
});

test("pieces", () => {
  fc.assert(
    fc.property(sizes, contents, between(1, 5), ({ batch, hidden, length }, given, cut) => {
      if (batch === 0 || cut >= length) return;
      const [gates, weight, initial] = inputsOf({ batch, hidden, length }, given);
      const whole = run({ batch, hidden, length }, [gates, weight, initial]);
      const first = run({ batch, hidden, length: cut }, [columns(gates, length, 0, cut), weight, initial]);
      const rest = run({ batch, hidden, length: length - cut }, [
        columns(gates, length, cut, length),
        weight,
        columns(first, cut, cut - 1, cut),
      ]);
      expect(first).toEqual(columns(whole, length, 0, cut));
      expect(rest).toEqual(columns(whole, length, cut, length));
    }),
    { numRuns: 100 },
  );
});

test("is for float32 alone", () => {
  const inputs = [4, 4, 2].map((size) => new Float64Array(size));
  expect(() => runKernel(emitLstm, { batch: 1, hidden: 1, length: 1 }, inputs, "float64", 2)).toThrow("no kernel");
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
    const states = run({ batch: 1, hidden, length: 1 }, [new Float32Array(4 * hidden), weight, initial]);
    const c = 1 / (1 + Math.exp(-1)) + 0.5 * Math.tanh(3);
    for (let k = 0; k < hidden; k++) {
      expect(states[hidden + k]).toBeCloseTo(c, 6);
      expect(states[k]).toBeCloseTo(0.5 * Math.tanh(c), 6);
    }
  }
});
