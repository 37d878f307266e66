/** Costs, counted by hand. */
import { F, nn, type Tensor } from "atrous";
import { expect, test } from "vitest";
import { layers } from "../../src/inspect/layers.ts";

test("a row for every module with parameters, and for what multiplies or changes the length without any", () => {
  const net = new nn.Sequential(
    new nn.Conv1d(2, 8, 3, { stride: 2, groups: 2 }),
    new nn.BatchNorm1d(8),
    new nn.ReLU(),
    new nn.MaxPool1d(2),
    new nn.ConvTranspose1d(8, 4, 5, { stride: 4, bias: false }),
    new nn.AvgPool1d(2),
  );
  expect(layers(net, [1, 2, 41])).toEqual([
    { name: "0", operator: "Conv1d", parameters: 32, shape: [1, 8, 20], multiplyAdds: 20 * 8 * 3 },
    { name: "1", operator: "BatchNorm1d", parameters: 16, shape: [1, 8, 20], multiplyAdds: 0 },
    { name: "", operator: "maxPool1d", parameters: 0, shape: [1, 8, 10], multiplyAdds: 0 },
    { name: "4", operator: "ConvTranspose1d", parameters: 160, shape: [1, 4, 41], multiplyAdds: 10 * 8 * 4 * 5 },
    { name: "", operator: "avgPool1d", parameters: 0, shape: [1, 4, 20], multiplyAdds: 20 * 4 * 2 },
  ]);
});

test("a weight norm is no layer, and what it has counts for its own", () => {
  const net = new nn.Sequential(
    nn.utils.weightNorm(new nn.Conv1d(1, 3, 2)),
    nn.utils.parametrizations.weightNorm(new nn.Conv1d(3, 1, 2)),
  );
  const found = layers(net, [1, 1, 10]);
  expect(
    found.map(({ name, operator, parameters }) => [name, operator.replace("Parametrized", ""), parameters]),
  ).toEqual([
    ["0", "Conv1d", 3 + 6 + 3],
    ["1", "Conv1d", 1 + 6 + 1],
  ]);
  expect(found.map(({ multiplyAdds }) => multiplyAdds)).toEqual([9 * 6, 8 * 6]);
});

test("a recurrence has the products with its input and with its states; a module used twice has one row", () => {
  class Twice extends nn.Module {
    readonly lstm = new nn.LSTM(2, 3, { batchFirst: true });
    readonly conv = new nn.Conv1d(3, 3, 1, { bias: false });

    override forward(x: Tensor): Tensor {
      const y = this.lstm.forward(x.transpose(1, 2))[0].transpose(1, 2);
      return this.conv.forward(F.relu(this.conv.forward(y)));
    }
  }
  const found = layers(new Twice(), [1, 2, 7]);
  expect(found.map(({ name, parameters, multiplyAdds }) => [name, parameters, multiplyAdds])).toEqual([
    ["lstm", 12 * (2 + 3 + 2), 7 * 12 * (2 + 3)],
    ["conv", 9, 2 * 7 * 9],
  ]);
});
