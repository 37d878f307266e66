/** LSTM and LSTMCell: what only they do, and their texts. */
import { gradients, nn, randn, reference, setBackend, type Tensor, tensor, wasm, zeros } from "atrous";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;

test("the kernel, spelled out with other operations", async () => {
  await setBackend(reference());
  const layer = new nn.LSTM(2, 3, f64);
  const x = randn([4, 1, 2], f64);
  let [h, c] = [zeros([3, 1], f64), zeros([3, 1], f64)];
  const { weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 } = layer;
  for (const moment of x.split(1)) {
    const pre = tensor(weight_ih_l0!.toArray(), f64)
      .mul(moment.reshape([1, 2]))
      .sum(1)
      .add(
        tensor(weight_hh_l0!.toArray(), f64)
          .mul(h.reshape([1, 3]))
          .sum(1),
      )
      .add(bias_ih_l0!)
      .add(bias_hh_l0!);
    const [i, f, g, o] = pre.reshape([12, 1]).chunk(4) as [Tensor, Tensor, Tensor, Tensor];
    c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    h = o.sigmoid().mul(c.tanh());
  }
  const [, [hN, cN]] = layer.forward(x);
  expect(hN.reshape([3, 1]).sub(h).abs().max().item()).toBeLessThan(1e-15);
  expect(cN.reshape([3, 1]).sub(c).abs().max().item()).toBeLessThan(1e-15);
  await setBackend(wasm());
});

test("first and second derivatives are limits of difference quotients", () => {
  const layer = new nn.LSTM(1, 2, f64);
  const weigh = randn([3, 1, 2], f64);
  const names = ["x", "h", "c", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"] as const;
  const start = [[3, 1, 1], [1, 1, 2], [1, 1, 2], [8, 1], [8, 2], [8], [8]].map((shape) => randn(shape, f64).mul(0.7));
  const directions = start.map(({ shape }) => randn(shape, f64));
  /** The loss, and its derivative along the directions; the states come from x too, so that every input has two ways. */
  const at = (shift: number) => {
    const values = start.map((value, i) =>
      tensor(value.add(directions[i]!.mul(shift)).dataSync<Float64Array>(), { shape: value.shape, requiresGrad: true }),
    );
    names.slice(3).forEach((name, i) => {
      (layer as unknown as Record<string, { assign(value: Tensor): void }>)[name]!.assign(values[i + 3]!);
    });
    const [x, h, c] = values as [Tensor, Tensor, Tensor];
    const tied = x.sum().mul(0.3);
    const [output, [hN, cN]] = layer.forward(x, [h.add(tied), c.mul(tied)]);
    const loss = output.mul(weigh).sum().add(cN.square().sum()).add(hN.sum());
    const wrt = [x, h, c, layer.weight_ih_l0!, layer.weight_hh_l0!, layer.bias_ih_l0!, layer.bias_hh_l0!];
    const along = (value: Tensor): Tensor =>
      gradients(value, wrt)
        .map((g, i) => g.mul(directions[i]!).sum())
        .reduce((a, b) => a.add(b));
    const first = along(loss);
    return { loss: loss.item(), first: first.item(), second: along(first) };
  };
  const e = 1e-4;
  const [before, here, after] = [at(-e), at(0), at(e)];
  expect((after.loss - before.loss) / (2 * e)).toBeCloseTo(here.first, 5);
  expect((after.first - before.first) / (2 * e)).toBeCloseTo(at(0).second.item(), 5);
  expect(Math.abs(here.first)).toBeGreaterThan(1e-3);
});

describe("texts", () => {
  const layer = new nn.LSTM(3, 4);
  const cell = new nn.LSTMCell(3, 4);
  const [h, c] = [zeros([1, 2, 4]), zeros([1, 2, 4])];

  test.each([
    [() => layer.forward(zeros([3])), "LSTM: Expected input to be 2D or 3D, got 1D instead"],
    [() => layer.forward(zeros([2, 2, 5])), "LSTM: input.size(-1) must be equal to input_size. Expected 3, got 5"],
    [() => layer.forward(zeros([5, 3, 3]), [h, c]), "LSTM: Expected hidden[0] size (1, 3, 4), got [1, 2, 4]"],
    [() => layer.forward(zeros([5, 2, 3]), [h, zeros([1, 2, 5])]), "LSTM: Expected hidden[1] size (1, 2, 4), got"],
    [() => layer.forward(zeros([5, 3]), [h, c]), "LSTM: For unbatched 2-D input, hx and cx should also be 2-D but got"],
    [() => layer.forward(zeros([0, 2, 3])), "LSTM: Expected sequence length to be larger than 0 in RNN"],
    [() => layer.forward(zeros([5, 2, 3], f64)), "LSTM: input (float64) and weight_ih_l0 (float32)"],
    [() => layer.forward(zeros([5, 2, 3]), h as never), "LSTM: the state must be an array of two tensors"],
    [() => layer.forward(zeros([5, 2, 3]), [h] as never), "LSTM: the state must be an array of two tensors"],
    [() => new nn.LSTM(3, 0), "LSTM: hiddenSize must be an integer in 1"],
    [() => new nn.LSTM(3, 4, { dropout: 2 }), "LSTM: dropout should be a number in range [0, 1]"],
    [() => new nn.LSTM(3, 4, { projSize: 2 } as never), 'LSTM: unknown option "projSize"'],
    [() => new nn.LSTM(3, 4, { num_layers: 2 } as never), 'did you mean "numLayers"?'],
    [() => cell.forward(zeros([2, 2, 3])), "LSTMCell: Expected input to be 1D or 2D, got 3D instead"],
    [() => cell.forward(zeros([2, 5])), "LSTMCell: input has inconsistent input_size: got 5 expected 3"],
    [
      () => cell.forward(zeros([2, 3]), [zeros([2, 5]), zeros([2, 4])]),
      "LSTMCell: hidden0 has inconsistent hidden_size: got 5, expected 4",
    ],
    [
      () => cell.forward(zeros([2, 3]), [zeros([2, 4]), zeros([3, 4])]),
      "LSTMCell: Input batch size 2 doesn't match hidden1 batch size 3",
    ],
    [() => cell.forward(zeros([3]), [zeros([1, 4]), zeros([4])]), "LSTMCell: Expected hx[0] to be 1D for 1D input"],
  ])("%#", (make, text) => {
    expect(make).toThrow(text);
  });
});
