import { F, nn, OptionError, Parameter, rand, randn, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";

describe("layers are their functions", () => {
  const x = randn([3, 4]);
  const y = rand([3, 4]);
  const probability = rand([3, 4]);
  const weight = tensor([0.5, 1, 2, 3]);
  const sum = { reduction: "sum" } as const;
  test.each<[string, () => Tensor, Tensor]>([
    ["MSELoss", () => new nn.MSELoss(sum).forward(x, y), F.mseLoss(x, y, sum)],
    ["L1Loss", () => new nn.L1Loss().forward(x, y), F.l1Loss(x, y)],
    ["SmoothL1Loss", () => new nn.SmoothL1Loss({ beta: 0.3 }).forward(x, y), F.smoothL1Loss(x, y, { beta: 0.3 })],
    ["HuberLoss", () => new nn.HuberLoss({ delta: 0.3 }).forward(x, y), F.huberLoss(x, y, { delta: 0.3 })],
    [
      "BCELoss",
      () => new nn.BCELoss({ weight }).forward(probability, y),
      F.binaryCrossEntropy(probability, y, { weight }),
    ],
    [
      "BCEWithLogitsLoss",
      () => new nn.BCEWithLogitsLoss({ posWeight: weight, ...sum }).forward(x, y),
      F.binaryCrossEntropyWithLogits(x, y, { posWeight: weight, ...sum }),
    ],
    ["NLLLoss", () => new nn.NLLLoss({ weight }).forward(x, [0, 2, 3]), F.nllLoss(x, [0, 2, 3], { weight })],
    [
      "CrossEntropyLoss",
      () =>
        new nn.CrossEntropyLoss({ weight: [0.5, 1, 2, 3], ignoreIndex: 2, labelSmoothing: 0.1 }).forward(x, [0, 2, 3]),
      F.crossEntropy(x, [0, 2, 3], { weight, ignoreIndex: 2, labelSmoothing: 0.1 }),
    ],
  ])("%s", (_, layer, expected) => expect(layer().dataSync()).toEqual(expected.dataSync()));
});

test("weights are buffers with PyTorch's names, and can be loaded", () => {
  const loss = new nn.BCEWithLogitsLoss({ weight: [1, 2], posWeight: [3, 4] });
  expect([...loss.stateDict().keys()]).toEqual(["weight", "pos_weight"]);
  expect(new nn.CrossEntropyLoss().stateDict().size).toBe(0);
  const classes = new nn.CrossEntropyLoss({ weight: [1, 1] });
  const before = classes
    .forward(
      tensor([
        [1, 2],
        [2, 1.5],
      ]),
      [0, 1],
    )
    .item();
  classes.loadStateDict(new Map([["weight", tensor([1, 0])]]));
  expect(
    classes
      .forward(
        tensor([
          [1, 2],
          [2, 1.5],
        ]),
        [0, 1],
      )
      .item(),
  ).not.toBe(before);
  expect(
    classes
      .forward(
        tensor([
          [1, 2],
          [2, 1.5],
        ]),
        [0, 1],
      )
      .item(),
  ).toBeCloseTo(Math.log1p(Math.E), 6);
});

test.each<[string, () => unknown, string]>([
  [
    "reduction",
    () => new nn.MSELoss({ reduction: "no" as never }),
    'MSELoss: reduction must be "mean", "sum" or "none"',
  ],
  ["unknown", () => new nn.L1Loss({ beta: 1 } as never), 'L1Loss: unknown option "beta"; known options: reduction'],
  ["beta", () => new nn.SmoothL1Loss({ beta: -1 }), "SmoothL1Loss: beta must not be negative, got -1"],
  ["delta", () => new nn.HuberLoss({ delta: 0 }), "HuberLoss: delta must be positive, got 0"],
  [
    "smoothing",
    () => new nn.CrossEntropyLoss({ labelSmoothing: 2 }),
    "CrossEntropyLoss: labelSmoothing must be in 0..1",
  ],
  ["index", () => new nn.NLLLoss({ ignoreIndex: 0.5 }), "NLLLoss: ignoreIndex must be an integer"],
])("a bad option is refused at construction: %s", (_, call, message) => {
  expect(call).toThrow(OptionError);
  expect(call).toThrow(message);
});

test("weights are buffers alone: a parameter among them is saved once, and is no hidden part of the options", () => {
  const weight = new Parameter(tensor([1, 2]));
  const loss = new nn.BCEWithLogitsLoss({ weight, posWeight: tensor([3, 4]), reduction: "sum" });
  expect(loss.options).toEqual({ reduction: "sum" });
  expect([...loss.stateDict().keys()]).toEqual(["weight", "pos_weight"]);
  expect(loss.parameters()).toEqual([]);
});
