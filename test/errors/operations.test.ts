/** What operations refuse: shapes, axes and options that JavaScript would let through. */
import {
  AtrousError,
  arange,
  cat,
  F,
  full,
  OptionError,
  OptionTypeError,
  ones,
  ShapeError,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import { describe, expect, test } from "vitest";

type Case = [string, () => unknown, Error];
const any = (value: unknown): never => value as never;
const x = ones([1, 2, 6]);
const w = ones([2, 6]);

describe("shapes and axes", () => {
  const axes = "axes must be an integer or an array of integers, got";
  const amounts = "pad: expected an integer or two of them, [before, after], got";
  const refused: Case[] = [
    ["a negative part", () => x.split([-1, 7], 2), new OptionError("split: every length must be an integer in 0..2147483647, got -1")],
    ["half a part", () => x.split([0.5, 5.5], 2), new OptionError("split: every length must be an integer in 0..2147483647, got 0.5")],
    ["parts that do not add up", () => x.split([2, 3], 2), new ShapeError("split: lengths [2, 3] do not add up to axis 2 of shape [1, 2, 6]")],
    ["parts in words", () => x.split(any("ab")), new OptionTypeError('split: lengths must be an integer, got "ab"')],
    ["no parts", () => x.split(any(null)), new OptionTypeError("split: lengths must be an integer, got null")],
    ["four amounts", () => x.pad(any([1, 1, 2, 2])), new OptionTypeError(`${amounts} [1, 1, 2, 2]`)],
    ["one amount in brackets", () => x.pad(any([1])), new OptionTypeError(`${amounts} [1]`)],
    ["no amounts", () => x.pad(any(null)), new OptionTypeError(`${amounts} null`)],
    ["half an amount", () => x.pad(0.5), new OptionTypeError(`${amounts} 0.5`)],
    ["axes in words", () => x.sum(any("0")), new OptionTypeError(`sum: ${axes} "0"`)],
    ["null for axes", () => x.sum(any(null)), new OptionTypeError(`sum: ${axes} null`)],
    ["options for axes", () => x.mean(any({ dim: 1 })), new OptionTypeError(`mean: ${axes} Object`)],
    ["an axis in words", () => x.variance(any(["0"])), new OptionTypeError('variance: an axis must be an integer, got "0"')],
    ["an axis too far", () => x.mean(3), new ShapeError("mean: axis 3 is outside -3..2 (rank 3)")],
    ["one axis twice", () => x.variance([0, -3]), new ShapeError("variance: axes [0, 0] name one axis twice")],
    ["no order", () => x.permute(any(null)), new OptionTypeError("permute: order must be an array of axes, got null")],
    ["PyTorch's permute", () => x.permute(any(0)), new OptionTypeError("permute: order must be an array of axes, got 0")],
    ["no shape", () => x.broadcastTo(any(null)), new OptionTypeError("broadcastTo: shape must be an array of lengths, got object")],
    ["a negative length", () => x.broadcastTo([-1, 2, 6]), new OptionError("broadcastTo: every length in a shape must be a non-negative integer, got [-1, 2, 6]")],
    ["a start that is null", () => x.slice(2, any(null)), new OptionTypeError("slice: start and end must be integers, got null")],
    ["an end that is null", () => x.slice(2, 0, any(null)), new OptionTypeError("slice: start and end must be integers, got null")],
    ["nothing to stack", () => stack([]), new OptionError("stack: expected a non-empty array of tensors, got []")],
    ["one tensor to stack", () => stack(any(x)), new OptionError("stack: expected a non-empty array of tensors, got Tensor")],
    ["numbers to stack", () => stack(any([x, 1])), new OptionTypeError("stack: expected a tensor, got 1")],
    ["stacking shapes that differ", () => stack([w, x]), new ShapeError("stack: shapes [2, 6], [1, 2, 6] differ")],
    ["stacking too far", () => stack([w], 3), new ShapeError("stack: axis 3 is outside -3..2 (rank 3)")],
    ["nothing to join", () => cat(any(null)), new OptionError("cat: expected a non-empty array of tensors, got null")],
  ]; // biome-ignore format: a table
  test.each(refused)("%s", (_, call, error) => {
    expect(call).toThrow(error);
  });

  test("parts of length 0 are parts, and stack makes a new axis anywhere", () => {
    expect(x.split([0, 6], 2).map((part) => part.shape)).toEqual([[1, 2, 0], [1, 2, 6]]); // biome-ignore format: one line
    for (const [axis, shape] of [[0, [3, 2, 6]], [1, [2, 3, 6]], [-1, [2, 6, 3]]] as const) // biome-ignore format: one line
      expect(stack([w, w, w], axis).shape).toEqual(shape);
  });
});

describe("reductions", () => {
  test.each(["sum", "mean", "variance", "max", "min"] as const)("%s: keepDim", (name) => {
    for (const keepDim of ["no", 1, null]) expect(() => x[name](0, any({ keepDim }))).toThrow(OptionTypeError);
    expect(() => x[name](0, any({ keepDim: "no" }))).toThrow(`${name}: keepDim must be true or false, got "no"`);
    expect(() => x[name](0, any({ keepdim: true }))).toThrow(
      `${name}: unknown option "keepdim"; did you mean "keepDim"?`,
    );
    expect(x[name](1, { keepDim: true }).shape).toEqual([1, 1, 6]);
  });

  test.each<Case>([
    ["in words", () => x.variance(0, any({ correction: "1" })), new OptionTypeError('variance: correction must be a number, got "1"')],
    ["NaN", () => x.variance(0, { correction: Number.NaN }), new OptionError("variance: correction must be a number, got NaN")],
    ["PyTorch's older name", () => x.variance(0, any({ unbiased: true })), new OptionError('variance: unknown option "unbiased"; known options: keepDim, correction')],
  ])("a correction %s", (_, call, error) => {
    expect(call).toThrow(error);
  }); // biome-ignore format: a table
});

describe("null is no value", () => {
  const cases: [string, (value: null) => unknown][] = [
    ["tensor dtype", (value) => tensor([1], { dtype: any(value) })],
    ["tensor requiresGrad", (value) => tensor([1], { requiresGrad: any(value) })],
    ["full dtype", (value) => full([1], 2, { dtype: any(value) })],
    ["zeros requiresGrad", (value) => zeros([1], { requiresGrad: any(value) })],
    ["arange dtype", (value) => arange(2, undefined, { dtype: any(value) })],
    ["pad mode", (value) => x.pad(1, { mode: any(value) })],
    ["pad value", (value) => x.pad(1, { value: any(value) })],
    ["mseLoss reduction", (value) => F.mseLoss(x, x, { reduction: any(value) })],
    ["smoothL1Loss beta", (value) => F.smoothL1Loss(x, x, { beta: any(value) })],
    ["huberLoss delta", (value) => F.huberLoss(x, x, { delta: any(value) })],
    ["esrLoss eps", (value) => F.esrLoss(x, x, { eps: any(value) })],
    ["esrLoss preEmphasis", (value) => F.esrLoss(x, x, { preEmphasis: any(value) })],
    ["siSdrLoss eps", (value) => F.siSdrLoss(x, x, { eps: any(value) })],
    ["siSdrLoss zeroMean", (value) => F.siSdrLoss(x, x, { zeroMean: any(value) })],
    ["crossEntropy labelSmoothing", (value) => F.crossEntropy(w, [0, 1], { labelSmoothing: any(value) })],
    ["nllLoss ignoreIndex", (value) => F.nllLoss(w, [0, 1], { ignoreIndex: any(value) })],
    ["batchNorm training", (value) => F.batchNorm(x, null, null, { training: any(value) })],
    ["batchNorm momentum", (value) => F.batchNorm(x, null, null, { training: true, momentum: any(value) })],
    ["batchNorm eps", (value) => F.batchNorm(x, null, null, { training: true, eps: any(value) })],
    ["instanceNorm useInputStats", (value) => F.instanceNorm(x, { useInputStats: any(value) })],
    ["groupNorm eps", (value) => F.groupNorm(x, 1, { eps: any(value) })],
    ["maxPool1d stride", (value) => F.maxPool1d(x, 2, { stride: any(value) })],
    ["maxPool1d padding", (value) => F.maxPool1d(x, 2, { padding: any(value) })],
    ["maxPool1d dilation", (value) => F.maxPool1d(x, 2, { dilation: any(value) })],
    ["maxPool1d ceilMode", (value) => F.maxPool1d(x, 2, { ceilMode: any(value) })],
    ["avgPool1d countIncludePad", (value) => F.avgPool1d(x, 2, { countIncludePad: any(value) })],
    ["interpolate mode", (value) => F.interpolate(x, { size: 3, mode: any(value) })],
    ["gelu approximate", (value) => F.gelu(x, { approximate: any(value) })],
    ["dropout p", (value) => F.dropout(x, any(value))],
    ["dropout training", (value) => F.dropout(x, 0.5, any(value))],
    ["elu alpha", (value) => F.elu(x, any(value))],
    ["softplus beta", (value) => F.softplus(x, any(value))],
    ["hardtanh minVal", (value) => F.hardtanh(x, any(value))],
    ["backward createGraph", (value) => tensor([1], { requiresGrad: true }).backward({ createGraph: any(value) })],
    ["backward gradient", (value) => tensor([1], { requiresGrad: true }).backward({ gradient: any(value) })],
  ];
  test.each(cases)("%s", (name, call) => {
    expect(() => call(null)).toThrow(OptionTypeError);
    expect(() => call(null)).toThrow(new RegExp(`^${name.split(" ")[0]}: .*got null`));
  });

  test.each(cases)("%s: undefined is its default", (name, call) => {
    if (name.startsWith("batchNorm training")) return; // whose default asks for running statistics
    expect(() => call(any(undefined))).not.toThrow();
  });

  test("but where it means none, it does", () => {
    const none = { weight: null, bias: null };
    expect(F.layerNorm(x, 6, none).toArray()).toEqual(F.layerNorm(x, 6).toArray());
    expect(F.linear(w, ones([3, 6]), null).toArray()).toEqual(F.linear(w, ones([3, 6])).toArray());
    expect(F.binaryCrossEntropy(w, w, { weight: null }).item()).toBe(0);
    expect(F.interpolate(x, { size: null, scaleFactor: 2, alignCorners: null }).shape).toEqual([1, 2, 12]);
  });
});

describe("what is only falsy is not none", () => {
  const affine = (op: (options: never) => Tensor): [string, () => unknown][] =>
    [false, 0, ""].flatMap((value) => [
      [`weight ${JSON.stringify(value)}`, () => op(any({ weight: value }))],
      [`bias ${JSON.stringify(value)}`, () => op(any({ bias: value }))],
    ]);
  test.each([
    ["linear bias false", () => F.linear(w, ones([3, 6]), any(false))] as const,
    ["conv1d bias 0", () => F.conv1d(x, ones([2, 2, 1]), any(0))] as const,
    ["binaryCrossEntropy weight false", () => F.binaryCrossEntropy(w, w, { weight: any(false) })] as const,
    ["crossEntropy weight false", () => F.crossEntropy(w, [0, 1], { weight: any(false) })] as const,
    ...affine((options) => F.groupNorm(x, 1, options)),
    ...affine((options) => F.layerNorm(x, 6, options)),
    ...affine((options) => F.channelNorm(x, options)),
    ...affine((options) => F.instanceNorm(x, options)),
    ...affine((options) => F.batchNorm(x, null, null, { training: true, ...(options as object) })),
  ])("%s", (_, call) => {
    expect(call).toThrow(OptionTypeError);
    expect(call).toThrow(/(weight|bias) must be a tensor/);
  });
});

describe("NaN is no number to compute with", () => {
  const nan = Number.NaN;
  test.each<[string, () => unknown]>([
    ["leakyRelu negativeSlope", () => F.leakyRelu(x, nan)],
    ["elu alpha", () => F.elu(x, nan)],
    ["softplus beta", () => F.softplus(x, nan)],
    ["softplus threshold", () => F.softplus(x, 1, nan)],
    ["hardtanh minVal", () => F.hardtanh(x, nan)],
    ["dropout p", () => F.dropout(x, nan)],
    ["esrLoss eps", () => F.esrLoss(x, x, { eps: nan })],
    ["siSdrLoss eps", () => F.siSdrLoss(x, x, { eps: nan })],
    ["smoothL1Loss beta", () => F.smoothL1Loss(x, x, { beta: nan })],
    ["batchNorm momentum", () => F.batchNorm(x, null, null, { training: true, momentum: nan })],
    ["groupNorm eps", () => F.groupNorm(x, 1, { eps: nan })],
    ["interpolate scaleFactor", () => F.interpolate(x, { scaleFactor: nan })],
    ["arange", () => arange(nan)],
  ])("%s", (_, call) => {
    expect(call).toThrow(OptionError);
    expect(call).toThrow(/NaN/);
  });

  test("but one to fill with", () => {
    expect(full([1], nan).item()).toBeNaN();
    expect(tensor([1]).pad([0, 1], { value: nan }).toArray()).toEqual([1, nan]);
  });
});

test("arange takes its own options", () => {
  expect(() => arange(3, undefined, any({ shape: [3, 1] }))).toThrow('arange: unknown option "shape"');
  expect(() => arange(0.5, 3, { dtype: "int32" })).toThrow("arange: 0.5 is not an int32");
  expect(() => arange(any("3"))).toThrow(AtrousError);
  expect(arange(1, 4, { dtype: "int64" }).toArray()).toEqual([1, 2, 3]);
});
