/** The reference kernel of recurrences against the formulas as plain loops, bit for bit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recurrence } from "../../src/backends/reference/recurrence.ts";
import { type Kind, kinds, type Sizes } from "./recurrences.ts";
import { between, contents, floats } from "./wasm/agreement.ts";

const sizes = fc.record({ batch: between(0, 2), hidden: between(1, 6), length: between(0, 5) });

type Floats = Float32Array | Float64Array;

function plainLoops(kind: Kind, { batch, hidden, length }: Sizes, inputs: readonly Floats[], out: Floats): void {
  const round = out instanceof Float32Array ? Math.fround : (value: number): number => value;
  const [gates, weight] = inputs as [Floats, Floats];
  const [bias, initial] = kind.hasBias ? inputs.slice(2) : [null, inputs[2]];
  const product = (h: readonly number[]) => (gate: number, k: number) => {
    const row = gate * hidden + k;
    return h.reduce((sum, value, i) => round(sum + round(weight[row * hidden + i]! * value)), bias?.[row] ?? 0);
  };
  const units = Array.from({ length: hidden }, (_, k) => k);
  for (let n = 0; n < batch; n++) {
    const at = (state: number, k: number): number => (kind.states * n + state) * hidden + k;
    let states = Array.from({ length: kind.states }, (_, s) => units.map((k) => initial![at(s, k)]!));
    for (let t = 0; t < length; t++) {
      const x = (gate: number, k: number): number => gates[((kind.gates * n + gate) * hidden + k) * length + t]!;
      states = kind.moment(x, product, states, round);
      for (const [s, numbers] of states.entries())
        for (const [k, value] of numbers.entries()) out[at(s, k) * length + t] = value;
    }
  }
}

describe.each(kinds)("$name", (kind) => {
  test.each([Float32Array, Float64Array])("%o", (Type) => {
    fc.assert(
      fc.property(sizes, contents, (size, given) => {
        const { batch, hidden, length } = size;
        const counts = [batch * kind.gates * hidden * length, kind.gates * hidden * hidden];
        if (kind.hasBias) counts.push(kind.gates * hidden);
        counts.push(batch * kind.states * hidden);
        const inputs = counts.map((count, i) =>
          Type.from(floats({ seed: given.seed + i, special: i === 0 ? given.special : 0 }, count)),
        );
        const [actual, expected] = [0, 1].map(() => new Type(batch * kind.states * hidden * length)) as [
          Floats,
          Floats,
        ];
        recurrence(kind.attributes(size), inputs, actual);
        plainLoops(kind, size, inputs, expected);
        expect(actual).toEqual(expected);
      }),
    );
  });
});
