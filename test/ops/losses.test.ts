import { readFileSync } from "node:fs";
import { DTypeError, F, gradients, OptionError, ShapeError, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { expectMeasured, expectSlopes, leaf, type Measured } from "./definitions.ts";

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly targetShape: readonly number[];
  readonly target: readonly number[];
  readonly targetKind: "values" | "constant" | "classes";
  readonly options: Record<string, unknown>;
  readonly float32: Measured;
  readonly float64: Measured;
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("../oracle/losses.json", import.meta.url), "utf8"),
);

type Loss = (input: Tensor, target: unknown, options?: Record<string, unknown>) => Tensor;
const functions = F as unknown as Record<string, Loss>;

const describeCase = ({ name, shape, targetKind, options }: Case): string =>
  `${name} ${JSON.stringify(shape)} ${targetKind} ${JSON.stringify(options)}`;

describe.each(["float64", "float32"] as const)("PyTorch's numbers in %s", (dtype) => {
  test.each(cases.map((given) => [describeCase(given), given] as const))("%s", (_, given) => {
    const { name, shape, targetShape, targetKind, options } = given;
    const x = tensor(given.x, { shape, dtype, requiresGrad: true });
    const isLeaf = targetKind === "values";
    const target = tensor(given.target, {
      shape: targetShape,
      dtype: targetKind === "classes" ? "int64" : dtype,
      requiresGrad: isLeaf,
    });
    // PyTorch's least x·(1−x), 1e-12, is a float32 also in float64.
    const loose = name === "binaryCrossEntropy" && targetKind === "constant" && dtype === "float64" ? 1e-8 : undefined;
    expectMeasured(() => functions[name]!(x, target, options), isLeaf ? [x, target] : [x], given[dtype], loose);
  });
});

describe("definitions", () => {
  const x = leaf([
    [0.3, -1.7, 2.2],
    [0.9, 0.1, -0.4],
  ]);
  const t = tensor(Float64Array.of(0.8, 0.1, 0.6, 0.2, 0.7, 0.4), { shape: [2, 3] });
  const pairs: [string, (x: Tensor) => Tensor][] = [
    ["mseLoss", (x) => F.mseLoss(x, t)],
    ["l1Loss", (x) => F.l1Loss(x, t)],
    ["smoothL1Loss", (x) => F.smoothL1Loss(x, t, { beta: 0.55 })],
    ["huberLoss", (x) => F.huberLoss(x, t, { delta: 0.55 })],
    ["binaryCrossEntropy of a sigmoid", (x) => F.binaryCrossEntropy(F.sigmoid(x), t)],
    ["binaryCrossEntropyWithLogits", (x) => F.binaryCrossEntropyWithLogits(x, t, { posWeight: [1, 2, 3] })],
    ["nllLoss", (x) => F.nllLoss(x, [2, 0], { weight: [1, 2, 3] })],
    ["crossEntropy of classes", (x) => F.crossEntropy(x, [2, 0], { labelSmoothing: 0.2 })],
    ["crossEntropy of probabilities", (x) => F.crossEntropy(x, t)],
    ["siSdrLoss", (x) => F.siSdrLoss(x, t)],
    ["esrLoss", (x) => F.esrLoss(x, t, { preEmphasis: 0.85 })],
  ];

  test.each(pairs)("the gradient of %s is its slope", (_, f) => expectSlopes(f, x));

  test.each(pairs)("so is the gradient of the gradient of %s", (_, f) => {
    expectSlopes((x) => gradients(f(x), [x])[0]!, x);
  });

  test("the slope of an absolute error of 0 is 0", () => {
    for (const loss of [F.l1Loss(x, x.detach()), F.smoothL1Loss(x, x.detach(), { beta: 0 })])
      for (const slope of gradients(loss, [x])[0]!.dataSync()) expect(Number(slope) + 0).toBe(0);
  });

  test("with logits or of a sigmoid, with classes or logSoftmax and nll: the same loss", () => {
    const logits = F.binaryCrossEntropyWithLogits(x, t).item();
    expect(F.binaryCrossEntropy(F.sigmoid(x), t).item()).toBeCloseTo(logits, 14);
    expect(F.nllLoss(F.logSoftmax(x, 1), [2, 0]).item()).toBeCloseTo(F.crossEntropy(x, [2, 0]).item(), 14);
    const certain = tensor(Float64Array.of(0, 0, 1, 1, 0, 0), { shape: [2, 3] });
    expect(F.crossEntropy(x, certain).item()).toBeCloseTo(F.crossEntropy(x, [2, 0]).item(), 14);
  });

  test("siSdrLoss does not hear loudness; esrLoss is 0 for the signal and 1 for silence", () => {
    const loss = F.siSdrLoss(x, t).item();
    expect(F.siSdrLoss(x.mul(7), t).item()).toBeCloseTo(loss, 4);
    expect(F.siSdrLoss(x, t.mul(-0.3)).item()).toBeCloseTo(loss, 4);
    expect(F.siSdrLoss(x.add(5), t.add(2), { zeroMean: true }).item()).toBeCloseTo(
      F.siSdrLoss(x, t, { zeroMean: true }).item(),
      4,
    );
    expect(F.esrLoss(t, t).item()).toBe(0);
    expect(F.esrLoss(t.mul(0), t).item()).toBeCloseTo(1, 7);
  });

  test("the orthogonal noise of a tenth of the amplitude is an SI-SDR of 20 dB", () => {
    const signal = tensor([1, 1, 1, 1]);
    expect(F.siSdrLoss(tensor([1.1, 0.9, 1.1, 0.9]), signal).item()).toBeCloseTo(-20, 4);
  });

  test("silence and a perfect estimate stay finite, with their gradients", () => {
    const silent = tensor([0, 0, 0]);
    for (const [estimate, target] of [
      [leaf([0, 0, 0], "float32"), silent],
      [leaf([1, 2, 3], "float32"), silent],
      [leaf([1, 2, 3], "float32"), tensor([1, 2, 3])],
    ] as const)
      for (const loss of [F.siSdrLoss(estimate, target), F.esrLoss(estimate, target)]) {
        expect(loss.item()).toSatisfy(Number.isFinite);
        for (const slope of gradients(loss, [estimate])[0]!.dataSync()) expect(slope).toSatisfy(Number.isFinite);
      }
  });
});

describe("large and certain numbers", () => {
  test("binaryCrossEntropyWithLogits neither overflows nor cancels in float32", () => {
    const losses = F.binaryCrossEntropyWithLogits(tensor([-40, 40, 1e30]), tensor([0, 1, 0]), { reduction: "none" });
    const small = Math.fround(Math.exp(-40));
    expect(losses.toArray()).toEqual([small, small, Math.fround(1e30)]);
  });

  test("binaryCrossEntropy of a saturated sigmoid has a finite gradient in float32", () => {
    const x = leaf([30, -200, 30, -200], "float32");
    const loss = F.binaryCrossEntropy(F.sigmoid(x), tensor([0, 1, 1, 0]), { reduction: "none" });
    expect(loss.toArray()).toEqual([100, 100, 0, 0]);
    expect((gradients(loss.sum(), [x])[0]!.toArray() as number[]).map((v) => v + 0)).toEqual([0, 0, 0, 0]);
  });

  test("a class of probability 0 that is not meant does not turn the loss into a NaN", () => {
    const x = leaf([[Number.NEGATIVE_INFINITY, 0, 1]]);
    expect(F.crossEntropy(x, [2]).item()).toBeCloseTo(Math.log1p(Math.exp(-1)), 14);
    const slopes = gradients(F.crossEntropy(x, [2]), [x])[0]!.toArray() as number[][];
    expect(slopes[0]![0]).toBe(0);
    expect(slopes[0]!.every(Number.isFinite)).toBe(true);
  });

  test("where every target is ignored the mean is NaN, the sum 0, as in PyTorch", () => {
    const x = leaf([[1, 2]]);
    expect(F.crossEntropy(x, [-100]).item()).toBeNaN();
    expect(F.crossEntropy(x, [-100], { reduction: "sum" }).item()).toBeCloseTo(0, 15);
  });
});

describe("targets", () => {
  const x = tensor([
    [1, 2, 3],
    [2, 0.5, 1],
  ]);

  test("of any element type, and plain numbers", () => {
    const expected = F.crossEntropy(x, tensor([2, 0], { dtype: "int64" })).item();
    expect(F.crossEntropy(x, tensor([2, 0], { dtype: "int32" })).item()).toBe(expected);
    expect(F.crossEntropy(x, tensor([2, 0])).item()).toBe(expected);
    expect(F.crossEntropy(x, tensor([2, 0], { dtype: "float64" })).item()).toBe(expected);
    expect(F.crossEntropy(x, [2, 0]).item()).toBe(expected);
    expect(F.crossEntropy(tensor([1, 2, 3]), 2).item()).toBe(F.crossEntropy(tensor([[1, 2, 3]]), [2]).item());
  });

  test("a target that is not computed yet: a class outside gives NaN, not a wrong loss", () => {
    const lazy = tensor([1, 1]).add(tensor([1, 2]));
    expect(F.crossEntropy(x, lazy, { reduction: "none" }).toArray()).toEqual([expect.closeTo(0.4076, 4), Number.NaN]);
    const ignored = tensor([1, 1]).add(tensor([1, 2]));
    expect(F.nllLoss(x, ignored, { reduction: "none", ignoreIndex: 3 }).toArray()).toEqual([-3, -0]);
  });
});

describe("errors", () => {
  const x = tensor([[1, 2, 3]]);
  const y = tensor([[1], [2]]);
  const weight = tensor([1, 2]);
  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "shapes",
      () => F.mseLoss(x, y),
      ShapeError,
      "mseLoss: the input has shape [1, 3], the target [2, 1]; they must be equal",
    ],
    [
      "broadcast",
      () => F.l1Loss(x, tensor([1, 2, 3])),
      ShapeError,
      "l1Loss: the input has shape [1, 3], the target [3]",
    ],
    [
      "dtypes",
      () => F.huberLoss(x, x.to("float64")),
      DTypeError,
      "huberLoss: the input is float32, the target float64",
    ],
    [
      "reduction",
      () => F.mseLoss(x, x, { reduction: "avg" as never }),
      OptionError,
      'mseLoss: reduction must be "mean"',
    ],
    ["option", () => F.mseLoss(x, x, { reduce: true } as never), OptionError, 'mseLoss: unknown option "reduce"'],
    ["beta", () => F.smoothL1Loss(x, x, { beta: -1 }), OptionError, "smoothL1Loss: beta must not be negative, got -1"],
    ["delta", () => F.huberLoss(x, x, { delta: 0 }), OptionError, "huberLoss: delta must be positive, got 0"],
    [
      "weight",
      () => F.binaryCrossEntropy(x, x, { weight }),
      ShapeError,
      "binaryCrossEntropy: weight: shapes [2] and [1, 3]",
    ],
    [
      "weight that would enlarge",
      () => F.binaryCrossEntropyWithLogits(x, x, { posWeight: y }),
      ShapeError,
      "binaryCrossEntropyWithLogits: posWeight of shape [2, 1] does not broadcast to the input's [1, 3]",
    ],
    [
      "class weights",
      () => F.crossEntropy(x, [0], { weight }),
      ShapeError,
      "crossEntropy: weight of shape [2] must hold one",
    ],
    [
      "class",
      () => F.crossEntropy(x, [3]),
      OptionError,
      "crossEntropy: target 3 is not a class in 0..2, nor ignoreIndex -100",
    ],
    ["no integer", () => F.nllLoss(x, [0.5]), OptionError, "nllLoss: target 0.5 is not a class in 0..2"],
    [
      "target shape",
      () => F.nllLoss(x, [0, 1]),
      ShapeError,
      "nllLoss: a target of shape [2] does not fit the input [1, 3]; expected [1]",
    ],
    [
      "integer distribution",
      () => F.crossEntropy(x, x.to("int32")),
      DTypeError,
      "holds probabilities and must be float32, got int32",
    ],
    [
      "ignored",
      () => F.crossEntropy(x, x, { ignoreIndex: 1 }),
      OptionError,
      "ignoreIndex 1 means nothing with a target of",
    ],
    [
      "smoothing",
      () => F.crossEntropy(x, [0], { labelSmoothing: 2 }),
      OptionError,
      "labelSmoothing must be in 0..1, got 2",
    ],
    [
      "no classes",
      () => F.crossEntropy(tensor(1), 0),
      ShapeError,
      "crossEntropy: expected an input of shape (C), (N, C)",
    ],
    ["short", () => F.esrLoss(y, y, { preEmphasis: 0.9 }), ShapeError, "at least 2 samples, got [2, 1]"],
    ["no time", () => F.siSdrLoss(tensor(1), tensor(1)), ShapeError, "siSdrLoss: expected signals of shape (…, L)"],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
