import { readFileSync } from "node:fs";
import { F, gradients, OptionError, OptionTypeError, ShapeError, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { expectMeasured, expectSlopes, leaf, type Measured, valueAndSlope } from "./definitions.ts";

interface Case {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly parameter?: readonly number[];
  readonly parameterShape?: readonly number[];
  readonly float32: Measured;
  readonly float64: Measured;
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("../oracle/activations.json", import.meta.url), "utf8"),
);

const functions = F as unknown as Record<string, (x: Tensor, ...rest: unknown[]) => Tensor>;
const all: readonly [string, (x: Tensor) => Tensor][] = [
  ...[F.relu, F.leakyRelu, F.elu, F.selu, F.gelu, F.silu, F.mish, F.softplus, F.logSigmoid].map(named),
  ...[F.hardtanh, F.relu6, F.hardsigmoid, F.hardswish, F.softsign, F.tanh, F.sigmoid].map(named),
  ["gelu, tanh", (x) => F.gelu(x, { approximate: "tanh" })],
  ["prelu", (x) => F.prelu(x, tensor([0.3], { dtype: "float64" }))],
  ["snake", (x) => F.snake(x, tensor([1.3, 0.4], { dtype: "float64" }))],
];

function named(f: (x: Tensor) => Tensor): [string, (x: Tensor) => Tensor] {
  return [Object.keys(functions).find((name) => functions[name] === f)!, f];
}

describe.each(["float64", "float32"] as const)("PyTorch's numbers in %s", (dtype) => {
  test.each(cases.map((given) => [`${given.name}(x, ${JSON.stringify(given.args)})`, given] as const))(
    "%s",
    (_, given) => {
      const { name, args, shape, x, parameter, parameterShape } = given;
      const input = tensor(x, { shape, dtype, requiresGrad: true });
      const leaves = parameter
        ? [input, tensor(parameter, { shape: parameterShape!, dtype, requiresGrad: true })]
        : [input];
      // PyTorch multiplies the gradient of its hardsigmoid by 1/6 in float32, also in float64.
      const loose = name === "hardsigmoid" && dtype === "float64" ? 1e-7 : undefined;
      expectMeasured(() => functions[name]!(input, ...leaves.slice(1), ...args), leaves, given[dtype], loose);
    },
  );
});

describe("definitions", () => {
  const numbers = [
    [-5.3, -2.9, -1.2, -0.7, -0.2],
    [0.1, 0.6, 1.3, 2.7, 7.9],
  ];

  test.each(all)("the gradient of %s is its slope", (_, f) => expectSlopes(f, leaf(numbers)));

  test.each(all)("so is the gradient of the gradient of %s", (_, f) => {
    expectSlopes((x) => gradients(f(x).sum(), [x])[0]!, leaf(numbers));
  });

  test.each(all)("a NaN passes %s", (_, f) => {
    expect(Array.from(f(leaf([[Number.NaN], [1]])).dataSync(), Number)[0]).toBeNaN();
  });

  test.each([
    ["softmax", (x: Tensor) => F.softmax(x, 0)],
    ["logSoftmax", (x: Tensor) => F.logSoftmax(x, 0)],
    ["glu", (x: Tensor) => F.glu(x, 0)],
  ])("the gradient of %s is its slope", (_, f) => expectSlopes(f, leaf(numbers)));

  test("softmax sums to 1 and is the exponential of logSoftmax", () => {
    const x = leaf(numbers);
    for (const dim of [0, 1, -1]) {
      const y = F.softmax(x, dim);
      for (const total of y.sum(dim).dataSync()) expect(Number(total)).toBeCloseTo(1, 14);
      const difference = y.sub(F.logSoftmax(x, dim).exp()).abs().max().item();
      expect(difference).toBeLessThan(1e-15);
    }
    expect(x.softmax(1).toArray()).toEqual(F.softmax(x, 1).toArray());
    expect(x.logSoftmax(1).toArray()).toEqual(F.logSoftmax(x, 1).toArray());
  });

  test("relu6, hardsigmoid and hardswish in terms of hardtanh", () => {
    const x = leaf(numbers);
    expect(F.relu6(x).toArray()).toEqual(F.hardtanh(x, 0, 6).toArray());
    expect(F.hardswish(x).sub(F.hardsigmoid(x).mul(x)).abs().max().item()).toBeLessThan(1e-15);
  });

  test("snake is x + sin²(αx)/α per channel, batched or not", () => {
    const alpha = tensor([2, 0.5], { shape: [1, 2, 1], dtype: "float64" });
    const x = leaf(numbers);
    const expected = numbers.map((row, c) =>
      row.map((v) => v + Math.sin([2, 0.5][c]! * v) ** 2 / ([2, 0.5][c]! + 1e-9)),
    );
    const y = F.snake(x, alpha);
    expect(y.shape).toEqual([2, 5]);
    expect(
      y
        .sub(tensor(expected, { dtype: "float64" }))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-15);
    expect(F.snake(x.unsqueeze(0), alpha).toArray()).toEqual([y.toArray()]);
  });
});

describe("where functions bend, the slope is PyTorch's", () => {
  test.each<[string, (x: Tensor) => Tensor, number, number]>([
    ["relu at 0", F.relu, 0, 0],
    ["leakyRelu at 0", (x) => F.leakyRelu(x, 0.2), 0, 0.2],
    ["elu at 0", (x) => F.elu(x, 1.7), 0, 1.7],
    ["selu at 0", F.selu, 0, 1.7580993408473766],
    ["prelu at 0", (x) => F.prelu(x, tensor([0.3], { dtype: "float64" })), 0, 0.3],
    ["hardtanh at its lower end", F.hardtanh, -1, 0],
    ["hardtanh at its upper end", F.hardtanh, 1, 0],
    ["relu6 at 0", F.relu6, 0, 0],
    ["relu6 at 6", F.relu6, 6, 0],
    ["hardsigmoid at −3", F.hardsigmoid, -3, 0],
    ["hardsigmoid at 3", F.hardsigmoid, 3, 0],
    ["hardswish at −3", F.hardswish, -3, 0],
    ["hardswish at 3", F.hardswish, 3, 1],
    ["softplus at 0", F.softplus, 0, 0.5],
    ["logSigmoid at 0", F.logSigmoid, 0, 0.5],
    ["softsign at 0", F.softsign, 0, 1],
  ])("%s", (_, f, at, slope) => expect(valueAndSlope(f, at)[1]).toBe(slope));

  test("every derivative of softplus at 0 is that of a smooth function: ½, ¼, 0, −⅛", () => {
    const x = leaf([0]);
    let y = F.softplus(x);
    for (const value of [0.5, 0.25, 0, -0.125]) {
      [y] = gradients(y, [x]) as [Tensor];
      expect(y.item()).toBeCloseTo(value, 14);
    }
  });
});

describe("at infinity", () => {
  const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus, NaN: nan } = Number;
  test.each<[string, (x: Tensor) => Tensor, [number, number], [number, number]]>([
    // value and slope at ∞, at −∞, as PyTorch has them
    ["relu", F.relu, [inf, 1], [0, 0]],
    ["leakyRelu", F.leakyRelu, [inf, 1], [minus, 0.01]],
    ["elu", F.elu, [inf, 1], [-1, 0]],
    ["softplus", F.softplus, [inf, 1], [0, 0]],
    ["logSigmoid", F.logSigmoid, [0, 0], [minus, 1]],
    ["hardtanh", F.hardtanh, [1, 0], [-1, 0]],
    ["hardsigmoid", F.hardsigmoid, [1, 0], [0, 0]],
    ["gelu", F.gelu, [inf, nan], [nan, nan]],
  ])("%s", (_, f, above, below) => {
    expect(valueAndSlope(f, inf).map((v) => v + 0)).toEqual(above);
    expect(valueAndSlope(f, minus).map((v) => v + 0)).toEqual(below);
  });

  test("an infinite input leaves the slope of prelu alone", () => {
    const weight = leaf([0.25]);
    const [slope] = gradients(F.prelu(leaf([inf, -2]), weight).sum(), [weight]);
    expect(slope!.item()).toBe(-2);
  });

  test("softmax of −∞ is 0, and large numbers do not overflow", () => {
    expect(F.softmax(tensor([minus, 0, minus]), 0).toArray()).toEqual([0, 1, 0]);
    expect(F.softmax(tensor([3e38, 3e38]), 0).toArray()).toEqual([0.5, 0.5]);
    expect(F.logSoftmax(tensor([1e30, 0]), 0).toArray()).toEqual([0, Math.fround(-1e30)]);
    const x = leaf([minus, 0, 1], "float32");
    const [slope] = gradients(
      F.softmax(x, 0)
        .mul(tensor([1, 2, 3]))
        .sum(),
      [x],
    );
    expect((slope!.toArray() as number[]).every(Number.isFinite)).toBe(true);
  });

  test("a small softplus keeps its digits in float32", () => {
    expect(F.softplus(tensor([-50])).item()).toBe(Math.fround(Math.exp(-50)));
    expect(F.softplus(tensor([1000]), 1, 2000).item()).toBe(1000);
  });
});

describe("errors", () => {
  const x = tensor([[1, 2, 3]]);
  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "integers",
      () => F.silu(tensor([1], { dtype: "int32" })),
      Error,
      "silu: expected a floating-point tensor, got int32",
    ],
    ["no tensor", () => F.mish(3 as never), OptionTypeError, "mish: expected a tensor, got 3"],
    ["slope", () => F.leakyRelu(x, "0.1" as never), OptionTypeError, "leakyRelu: negativeSlope must be a number"],
    [
      "approximate",
      () => F.gelu(x, { approximate: "erf" as never }),
      OptionError,
      'gelu: approximate must be "none" or',
    ],
    ["option", () => F.gelu(x, { approx: "tanh" } as never), OptionError, 'gelu: unknown option "approx"'],
    ["bounds", () => F.hardtanh(x, 2, 1), OptionError, "hardtanh: minVal 2 must be less than maxVal 1"],
    ["beta", () => F.softplus(x, 0), OptionError, "softplus: beta must not be 0"],
    ["odd half", () => F.glu(x), ShapeError, "glu: the length of axis 1 must be even, got 3 in shape [1, 3]"],
    ["axis", () => F.glu(x, 2), ShapeError, "glu: axis 2 is outside -2..1"],
    ["no axis", () => F.softmax(x, undefined as never), OptionError, "softmax: the axis must be named"],
    ["no axis", () => F.logSoftmax(x, undefined as never), OptionError, "logSoftmax: the axis must be named"],
    [
      "prelu",
      () => F.prelu(x, tensor([1, 2])),
      ShapeError,
      "prelu: weight of shape [2] must hold 1 number or one for each of the 3",
    ],
    [
      "snake",
      () => F.snake(x, tensor([1, 2])),
      ShapeError,
      "snake: alpha of shape [2] must hold one number for each of the 1",
    ],
    [
      "snake",
      () => F.snake(tensor([1]), tensor([1])),
      ShapeError,
      "snake: expected x of shape (N, C, L) or (C, L), got [1]",
    ],
    ["p", () => F.dropout(x, 1.5), OptionError, "dropout: p must be a probability in 0..1, got 1.5"],
    ["p", () => F.dropout(x, Number.NaN), OptionError, "dropout: p must be a probability in 0..1, got NaN"],
    ["rank", () => F.dropout1d(tensor([1])), ShapeError, "dropout1d: expected x of shape (N, C, L) or (C, L), got [1]"],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
