/** What the recurrent layers have in common: PyTorch's numbers, pieces, dropout, gradients of long signals. */
import { gradients, manualSeed, nn, randn, reference, setBackend, type Tensor, wasm, zeros } from "atrous";
import { afterAll, describe, expect, test } from "vitest";
import type { FloatDType } from "../../src/core/dtype.ts";
import { decode, disagreement } from "./fixture.ts";
import { complaints, expectStart, oracle, type RecurrentCase, stateOf } from "./recurrentFixture.ts";

afterAll(() => setBackend(wasm()));

const f64 = { dtype: "float64" } as const;
const bits = (x: Tensor): number[] => Array.from(new Int32Array(x.dataSync().buffer));
const numbers = (x: Tensor): number[] => Array.from(x.dataSync<Float64Array>());

type States = readonly Tensor[];
/** A layer or a cell, with its outputs and last states in one list. */
interface Recurrent {
  readonly module: nn.AnyModule;
  run(x: Tensor, states?: States): [Tensor, ...Tensor[]];
}
type Make = (sizes: readonly [number, number], options?: object) => Recurrent;

const pair = (states?: States) => (states?.length ? (states as [Tensor, Tensor]) : null);

const kinds: readonly { readonly kind: "LSTM" | "GRU"; readonly layer: Make; readonly cell: Make }[] = [
  {
    kind: "LSTM",
    layer: (sizes, options) => {
      const module = new nn.LSTM(...sizes, options);
      const run: Recurrent["run"] = (x, states) => {
        const [output, last] = module.forward(x, pair(states));
        return [output, ...last];
      };
      return { module, run };
    },
    cell: (sizes, options) => {
      const module = new nn.LSTMCell(...sizes, options);
      return { module, run: (x, states) => [...module.forward(x, pair(states))] as [Tensor, Tensor] };
    },
  },
  {
    kind: "GRU",
    layer: (sizes, options) => {
      const module = new nn.GRU(...sizes, options);
      return { module, run: (x, states) => [...module.forward(x, states?.[0] ?? null)] as [Tensor, Tensor] };
    },
    cell: (sizes, options) => {
      const module = new nn.GRUCell(...sizes, options);
      return { module, run: (x, states) => [module.forward(x, states?.[0] ?? null)] };
    },
  },
];

describe.each(kinds)("$kind", ({ kind, layer, cell }) => {
  const expected = oracle[kind];

  /** What is not as PyTorch has it. */
  function wrong(make: Make, given: RecurrentCase, dtype: FloatDType): string[] {
    const { module, run } = make(given.sizes, { ...given.options, dtype });
    module.loadStateDict(stateOf(given.state, dtype));
    const [x, ...states] = [given.x, ...given.hidden].map((value) => decode(value, dtype, true)) as [Tensor];
    expect(module.toString()).toBe(given.repr);
    expect([...module.stateDict().keys()]).toEqual(Object.keys(given.state));
    return complaints(given, run(x, states), [x, ...states, ...module.parameters()]);
  }

  describe.each(["float64", "float32"] as const)("PyTorch's numbers in %s", (dtype) => {
    test.each(expected.layer)("layer $sizes $options, x $x.0", (given) => {
      expect(wrong(layer, given, dtype)).toEqual([]);
    });
    test.each(expected.cell)("cell $sizes $options, x $x.0", (given) => {
      expect(wrong(cell, given, dtype)).toEqual([]);
    });
  });

  test("weights after manualSeed are PyTorch's, bit for bit", () => {
    const { starts } = expected;
    manualSeed(7);
    expect(expectStart(layer([5, 6], { numLayers: 2, bidirectional: true }).module, starts.layer)).toEqual([]);
    manualSeed(7);
    expect(expectStart(layer([5, 6], { bias: false }).module, starts.withoutBias)).toEqual([]);
    manualSeed(7);
    expect(expectStart(cell([4, 5]).module, starts.cell)).toEqual([]);
  });

  test("dropout between layers drops what PyTorch drops, and only in training", () => {
    const { module, run } = layer([2, 3], { numLayers: 2, dropout: 0.5, bidirectional: true, ...f64 });
    module.loadStateDict(stateOf(expected.dropped.state, "float64"));
    const x = decode(expected.dropped.x);
    manualSeed(11);
    const made = run(x);
    expect(made.length).toBe(expected.dropped.outputs.length);
    const found = expected.dropped.outputs.map((y, i) => disagreement(`output ${i}`, made[i]!, y));
    expect(found.filter(Boolean)).toEqual([]);
    module.eval();
    expect(numbers(run(x)[0])).toEqual(numbers(run(x)[0]));
    expect(numbers(run(x)[0])).not.toEqual(numbers(made[0]));
  });

  describe.each(["reference", "wasm"])("in pieces, on %s", (name) => {
    const x = randn([23, 2, 3]).mul(2);

    test("going on from the last states gives the bits of the whole", async () => {
      await setBackend(name === "wasm" ? wasm() : reference());
      const { run } = layer([3, 5], { numLayers: 2 });
      const [whole, ...last] = run(x);
      for (const lengths of [new Array(23).fill(1), [1, 22], [4, 8, 3, 7, 1], [22, 1]] as number[][]) {
        let states: States = [];
        const parts = x.split(lengths).map((part) => {
          const [output, ...next] = run(part, states);
          states = next;
          return bits(output);
        });
        expect(parts.flat()).toEqual(bits(whole));
        expect(states.map(bits)).toEqual(last.map(bits));
      }
    });

    test("a cell, step by step, is a layer", async () => {
      await setBackend(name === "wasm" ? wasm() : reference());
      const [one, single] = [layer([3, 5]), cell([3, 5])];
      const state = [...one.module.stateDict()].map(([key, value]) => [key.replace("_l0", ""), value] as const);
      single.module.loadStateDict(new Map(state));
      let states: States = [];
      const steps = x.split(1).flatMap((part) => {
        states = single.run(part.squeeze(0), states);
        return bits(states[0]!);
      });
      expect(steps).toEqual(bits(one.run(x)[0]));
    });
  });

  test("gradients of a long signal are those of its pieces, added up", () => {
    const { module, run } = layer([1, 2]);
    const weight = [...module.namedParameters()].find(([key]) => key === "weight_hh_l0")![1];
    const x = randn([1200, 1, 1]);
    const gradientOf = (signals: readonly Tensor[]): Tensor => {
      let states: States = [];
      const losses = signals.map((signal) => {
        const [output, ...last] = run(signal, states);
        states = last;
        return output.square().sum();
      });
      return gradients(
        losses.reduce((a, b) => a.add(b)),
        [weight],
      )[0]!;
    };
    const whole = gradientOf([x]);
    const scale = whole.abs().max().item();
    expect(gradientOf(x.split(200)).sub(whole).abs().max().item() / scale).toBeLessThan(1e-5);
  });

  test("weight norm finds the weights, which are fields", () => {
    const { module, run } = layer([2, 3]);
    const x = randn([4, 1, 2]);
    const plain = run(x)[0];
    nn.utils.weightNorm(module, { name: "weight_hh_l0" });
    expect([...module.stateDict().keys()]).toContain("weight_hh_l0_g");
    expect(run(x)[0].sub(plain).abs().max().item()).toBeLessThan(1e-6);
  });

  test("no signals at all", () => {
    const [output, hN] = layer([3, 4]).run(zeros([2, 0, 3]));
    expect([output.shape, hN!.shape, output.dataSync().length]).toEqual([[2, 0, 4], [1, 0, 4], 0]);
    expect(cell([3, 4]).run(zeros([0, 3]))[0].shape).toEqual([0, 4]);
  });
});
