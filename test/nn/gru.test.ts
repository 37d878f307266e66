/** GRU and GRUCell: what only they do, both forms of the kernel, and their texts. */
import { cat, gradients, nn, randn, reference, setBackend, type Tensor, tensor, wasm, zeros } from "atrous";
import { afterAll, describe, expect, test } from "vitest";
import { gru } from "../../src/ops/recurrent/gru.ts";

afterAll(() => setBackend(wasm()));

const f64 = { dtype: "float64" } as const;
const bits = (x: Tensor): number[] => Array.from(new Int32Array(x.dataSync().buffer));

describe.each(["reference", "wasm"])("in pieces, on %s", (name) => {
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
