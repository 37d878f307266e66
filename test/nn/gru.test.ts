/** GRU and GRUCell: definitions, both forms, pieces, PyTorch's numbers, texts. */
import { cat, gradients, manualSeed, nn, randn, reference, setBackend, type Tensor, tensor, wasm, zeros } from "atrous";
import { afterAll, describe, expect, test } from "vitest";
import { gru } from "../../src/ops/recurrent/gru.ts";
import { decode, disagreement } from "./fixture.ts";
import { complaints, expectStart, oracle, stateOf } from "./recurrentFixture.ts";

afterAll(() => setBackend(wasm()));

const f64 = { dtype: "float64" } as const;
const bits = (x: Tensor): number[] => Array.from(new Int32Array(x.dataSync().buffer));
const numbers = (x: Tensor): number[] => Array.from(x.dataSync<Float64Array>());

describe.each(["float64", "float32"] as const)("PyTorch's numbers in %s", (dtype) => {
  test.each(oracle.gru)("GRU $sizes $options, x $x.0", (given) => {
    const layer = new nn.GRU(...given.sizes, { ...given.options, dtype });
    layer.loadStateDict(stateOf(given.state, dtype));
    const [x, ...hidden] = [given.x, ...given.hidden].map((value) => decode(value, dtype, true)) as [
      Tensor,
      ...Tensor[],
    ];
    const outputs = layer.forward(x, hidden[0] ?? null);
    expect(complaints(given, outputs, [x, ...hidden, ...layer.parameters()])).toEqual([]);
    expect(layer.toString()).toBe(given.repr);
    expect([...layer.stateDict().keys()]).toEqual(Object.keys(given.state));
  });

  test.each(oracle.gruCell)("GRUCell $sizes $options, x $x.0", (given) => {
    const layer = new nn.GRUCell(...given.sizes, { ...given.options, dtype });
    layer.loadStateDict(stateOf(given.state, dtype));
    const [x, ...hidden] = [given.x, ...given.hidden].map((value) => decode(value, dtype, true)) as [
      Tensor,
      ...Tensor[],
    ];
    const output = layer.forward(x, hidden[0] ?? null);
    expect(complaints(given, [output], [x, ...hidden, ...layer.parameters()])).toEqual([]);
    expect(layer.toString()).toBe(given.repr);
    expect([...layer.stateDict().keys()]).toEqual(Object.keys(given.state));
  });
});

test("weights after manualSeed are PyTorch's, bit for bit", () => {
  manualSeed(7);
  expect(expectStart(new nn.GRU(5, 6, { numLayers: 2, bidirectional: true }), oracle.gruStarts.layer)).toEqual([]);
  manualSeed(7);
  expect(expectStart(new nn.GRU(5, 6, { bias: false }), oracle.gruStarts.withoutBias)).toEqual([]);
  manualSeed(7);
  expect(expectStart(new nn.GRUCell(4, 5), oracle.gruStarts.cell)).toEqual([]);
});

test("dropout between layers drops what PyTorch drops, and only in training", () => {
  const layer = new nn.GRU(2, 3, { numLayers: 2, dropout: 0.5, bidirectional: true, ...f64 });
  layer.loadStateDict(stateOf(oracle.gruDropped.state, "float64"));
  const x = decode(oracle.gruDropped.x);
  manualSeed(11);
  const made = layer.forward(x);
  const found = oracle.gruDropped.outputs.map((y, i) => disagreement(`output ${i}`, made[i]!, y));
  expect(found.filter(Boolean)).toEqual([]);
  layer.eval();
  expect(numbers(layer.forward(x)[0])).toEqual(numbers(layer.forward(x)[0]));
  expect(numbers(layer.forward(x)[0])).not.toEqual(numbers(made[0]));
});

describe.each(["reference", "wasm"])("in pieces, on %s", (name) => {
  const layer = new nn.GRU(3, 5, { numLayers: 2 });
  const x = randn([23, 2, 3]).mul(2);

  test("going on from the last states gives the bits of the whole", async () => {
    await setBackend(name === "wasm" ? wasm() : reference());
    const [whole, hN] = layer.forward(x);
    for (const lengths of [new Array(23).fill(1), [1, 22], [4, 8, 3, 7, 1], [22, 1]] as number[][]) {
      let state: Tensor | undefined;
      const parts = x.split(lengths).map((part) => {
        const [output, last] = layer.forward(part, state);
        state = last;
        return bits(output);
      });
      expect(parts.flat()).toEqual(bits(whole));
      expect(bits(state!)).toEqual(bits(hN));
    }
  });

  test("a cell, step by step, is a layer", async () => {
    await setBackend(name === "wasm" ? wasm() : reference());
    const one = new nn.GRU(3, 5);
    const cell = new nn.GRUCell(3, 5);
    cell.loadStateDict(new Map([...one.stateDict()].map(([key, value]) => [key.replace("_l0", ""), value])));
    let state: Tensor | undefined;
    const steps = x.split(1).flatMap((part) => {
      state = cell.forward(part.squeeze(0), state);
      return bits(state);
    });
    expect(steps).toEqual(bits(one.forward(x)[0]));
  });

  test.each([true, false])("the kernel alone, resetAfter: %s", async (resetAfter) => {
    await setBackend(name === "wasm" ? wasm() : reference());
    const fixed = [randn([21, 7]), randn([21])] as const;
    const gates = randn([2, 21, 9]);
    const whole = gru(gates, ...fixed, zeros([2, 7]), { resetAfter });
    const first = gru(gates.slice(2, 0, 4), ...fixed, zeros([2, 7]), { resetAfter });
    const rest = gru(gates.slice(2, 4), ...fixed, first.slice(2, 3).squeeze(2), { resetAfter });
    expect(bits(cat([first, rest], 2))).toEqual(bits(whole));
  });
});

/** The recurrence spelled out with other operations; one signal. */
function spelledOut(
  gates: Tensor,
  weight: Tensor,
  bias: Tensor,
  initial: Tensor,
  { resetAfter }: { resetAfter: boolean },
): Tensor {
  const hidden = weight.shape[1]!;
  const [weightR, weightZ, weightN] = weight.chunk(3) as [Tensor, Tensor, Tensor];
  const [biasR, biasZ, biasN] = bias.chunk(3) as [Tensor, Tensor, Tensor];
  const times = (matrix: Tensor, h: Tensor): Tensor => matrix.mul(h.reshape([1, hidden])).sum(1);
  let h = initial.reshape([hidden]);
  const made: Tensor[] = [];
  for (let t = 0; t < gates.shape[2]!; t++) {
    const column = gates.slice(2, t, t + 1).reshape([3 * hidden]);
    const [x, y, w] = column.chunk(3) as [Tensor, Tensor, Tensor];
    const r = x.add(times(weightR, h)).add(biasR).sigmoid();
    const z = y.add(times(weightZ, h)).add(biasZ).sigmoid();
    const inner = resetAfter ? r.mul(times(weightN, h).add(biasN)) : times(weightN, r.mul(h)).add(biasN);
    const n = w.add(inner).tanh();
    h = z.neg().add(1).mul(n).add(z.mul(h));
    made.push(h.reshape([1, hidden, 1]));
  }
  return cat(made, 2);
}

describe.each([true, false])("the kernel and other operations, resetAfter: %s", (resetAfter) => {
  const given = [[1, 9, 4], [9, 3], [9], [1, 3]].map((shape) =>
    tensor(randn(shape, f64).mul(0.8).dataSync<Float64Array>(), { shape, requiresGrad: true }),
  ) as [Tensor, Tensor, Tensor, Tensor];
  const weigh = randn([1, 3, 4], f64);
  const directions = given.map(({ shape }) => randn(shape, f64));
  const along = (loss: Tensor): Tensor =>
    gradients(loss, given)
      .map((g, i) => g.mul(directions[i]!).sum())
      .reduce((a, b) => a.add(b));
  /** The values, the gradients, and those of their sum along the directions, twice. */
  const all = (make: typeof spelledOut): Tensor[] => {
    const values = make(...given, { resetAfter });
    const loss = values.mul(weigh).sum().add(values.square().sum());
    return [values, ...gradients(loss, given), ...gradients(along(loss), given), along(along(along(loss)))];
  };

  test("values and gradients of every order", () => {
    const expected = all(spelledOut);
    for (const [i, actual] of all(gru).entries()) {
      const scale = Math.max(1, expected[i]!.abs().max().item());
      expect(actual.sub(expected[i]!).abs().max().item() / scale, `${i}`).toBeLessThan(1e-12);
      expect(actual.abs().max().item()).toBeGreaterThan(1e-6);
    }
  });
});

test("gradients of a long signal are those of its pieces, added up", () => {
  const layer = new nn.GRU(1, 2);
  const x = randn([1200, 1, 1]);
  const gradientOf = (signals: readonly Tensor[]): Tensor => {
    let state: Tensor | undefined;
    const losses = signals.map((signal) => {
      const [output, last] = layer.forward(signal, state);
      state = last;
      return output.square().sum();
    });
    return gradients(
      losses.reduce((a, b) => a.add(b)),
      [layer.weight_hh_l0!],
    )[0]!;
  };
  const whole = gradientOf([x]);
  const scale = whole.abs().max().item();
  expect(gradientOf(x.split(200)).sub(whole).abs().max().item() / scale).toBeLessThan(1e-5);
});

test("weight norm finds the weights, which are fields", () => {
  const layer = new nn.GRU(2, 3);
  const x = randn([4, 1, 2]);
  const plain = layer.forward(x)[0];
  nn.utils.weightNorm(layer, { name: "weight_hh_l0" });
  expect([...layer.stateDict().keys()]).toContain("weight_hh_l0_g");
  expect(layer.forward(x)[0].sub(plain).abs().max().item()).toBeLessThan(1e-6);
});

test("no signals at all", () => {
  const [output, hN] = new nn.GRU(3, 4).forward(zeros([2, 0, 3]));
  expect([output.shape, hN.shape, output.dataSync().length]).toEqual([[2, 0, 4], [1, 0, 4], 0]);
  expect(new nn.GRUCell(3, 4).forward(zeros([0, 3])).shape).toEqual([0, 4]);
});

describe("texts", () => {
  const layer = new nn.GRU(3, 4);
  const cell = new nn.GRUCell(3, 4);
  const h = zeros([1, 2, 4]);

  test.each([
    [() => layer.forward(zeros([3])), "GRU: Expected input to be 2D or 3D, got 1D instead"],
    [() => layer.forward(zeros([2, 2, 5])), "GRU: input.size(-1) must be equal to input_size. Expected 3, got 5"],
    [() => layer.forward(zeros([5, 3, 3]), h), "GRU: Expected hidden size (1, 3, 4), got [1, 2, 4]"],
    [() => layer.forward(zeros([5, 3]), h), "GRU: For unbatched 2-D input, hx should also be 2-D but got 3-D tensor"],
    [
      () => layer.forward(zeros([5, 2, 3]), zeros([1, 4])),
      "GRU: For batched 3-D input, hx should also be 3-D but got 2-D tensor",
    ],
    [() => layer.forward(zeros([0, 2, 3])), "GRU: Expected sequence length to be larger than 0 in RNN"],
    [() => layer.forward(zeros([5, 2, 3], f64)), "GRU: input (float64) and weight_ih_l0 (float32)"],
    [() => layer.forward(zeros([5, 2, 3]), zeros([1, 2, 4], f64)), "GRU: input (float32) and hidden (float64)"],
    [() => layer.forward(zeros([5, 2, 3]), [h, h] as never), "GRU: the state must be a tensor, got"],
    [() => new nn.GRU(3, 0), "GRU: hiddenSize must be an integer in 1"],
    [() => new nn.GRU(3, 4, { dropout: 2 }), "GRU: dropout should be a number in range [0, 1]"],
    [() => new nn.GRU(3, 4, { projSize: 2 } as never), 'GRU: unknown option "projSize"'],
    [() => new nn.GRU(3, 4, { num_layers: 2 } as never), 'did you mean "numLayers"?'],
    [() => cell.forward(zeros([2, 2, 3])), "GRUCell: Expected input to be 1D or 2D, got 3D instead"],
    [() => cell.forward(zeros([2, 5])), "GRUCell: input has inconsistent input_size: got 5 expected 3"],
    [
      () => cell.forward(zeros([2, 3]), zeros([2, 5])),
      "GRUCell: hidden0 has inconsistent hidden_size: got 5, expected 4",
    ],
    [
      () => cell.forward(zeros([2, 3]), zeros([3, 4])),
      "GRUCell: Input batch size 2 doesn't match hidden0 batch size 3",
    ],
    [() => cell.forward(zeros([3]), zeros([1, 4])), "GRUCell: Expected hx to be 1D for 1D input"],
  ])("%#", (make, text) => {
    expect(make).toThrow(text);
  });
});
