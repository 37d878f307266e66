/** What is neither a value nor left out: null, NaN, infinity. */
import { AtrousError, nn, OptionError, OptionTypeError, optim, Parameter, tensor } from "atrous";
import * as mindspore from "atrous/mindspore";
import { describe, expect, test } from "vitest";

type AnyClass = new (...args: unknown[]) => unknown;
const layer = (name: string): AnyClass => (nn as unknown as Record<string, AnyClass>)[name]!;

/** Arguments, and the options that take no null. */
const withoutNull: [string, unknown[], string[]][] = [
  ["Linear", [1, 1], ["bias", "dtype"]],
  ["Conv1d", [1, 1, 1], ["stride", "padding", "dilation", "groups", "bias", "paddingMode", "dtype"]],
  ["ConvTranspose1d", [1, 1, 1], ["stride", "padding", "outputPadding", "groups", "bias", "dilation", "dtype"]],
  ["LazyConv1d", [1, 1], ["stride", "padding", "bias", "dtype"]],
  ["BatchNorm1d", [1], ["eps", "affine", "trackRunningStats", "dtype"]],
  ["InstanceNorm1d", [1], ["eps", "affine", "trackRunningStats", "dtype"]],
  ["GroupNorm", [1, 1], ["eps", "affine", "dtype"]],
  ["LayerNorm", [1], ["eps", "elementwiseAffine", "bias", "dtype"]],
  ["ChannelNorm", [1], ["eps", "affine", "dtype"]],
  ["CumulativeNorm", [1], ["eps", "affine", "dtype"]],
  ["LSTM", [1, 1], ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "dtype"]],
  ["LSTMCell", [1, 1], ["bias", "dtype"]],
  ["GRU", [1, 1], ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "dtype"]],
  ["GRUCell", [1, 1], ["bias", "dtype"]],
  ["PReLU", [], ["numParameters", "init", "dtype"]],
  ["Snake", [1], ["dtype"]],
  ["LeakyReLU", [], ["negativeSlope"]],
  ["ELU", [], ["alpha"]],
  ["GELU", [], ["approximate"]],
  ["GLU", [], ["dim"]],
  ["Softmax", [], ["dim"]],
  ["Softplus", [], ["beta", "threshold"]],
  ["Hardtanh", [], ["minVal", "maxVal"]],
  ["Flatten", [], ["startDim", "endDim"]],
  ["MaxPool1d", [2], ["padding", "dilation", "ceilMode"]],
  ["AvgPool1d", [2], ["padding", "ceilMode", "countIncludePad"]],
  ["MSELoss", [], ["reduction"]],
  ["HuberLoss", [], ["delta"]],
  ["CrossEntropyLoss", [], ["labelSmoothing", "ignoreIndex"]],
];

describe.each(withoutNull)("%s", (name, args, options) => {
  test.each(options)("%s: null is not left out, undefined is", (option) => {
    const Layer = layer(name);
    expect(() => new Layer(...args, { [option]: null })).toThrow(new RegExp(`^${name}: .*null`));
    expect(() => new Layer(...args, { [option]: null })).toThrow(option === "dtype" ? AtrousError : OptionTypeError);
    if (name !== "Softmax") expect(() => new Layer(...args, { [option]: undefined })).not.toThrow();
  });
});

test("null where it means something", () => {
  expect(new nn.BatchNorm1d(1, { momentum: null }).momentum).toBeNull();
  expect(String(new nn.MaxPool1d(2, { stride: undefined as never }))).toContain("stride=2");
  expect(String(new nn.Upsample({ size: null, scaleFactor: 2 }))).toContain("scale_factor=2.0");
});

const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;
const w = (): Parameter => new Parameter(tensor([1]));
const { lrScheduler } = optim;
const sgd = (): optim.SGD => new optim.SGD([w()], { lr: 1, momentum: 0.9 });

const indefinite: [string, (value: number) => unknown][] = [
  ["LeakyReLU: negativeSlope", (value) => new nn.LeakyReLU(value)],
  ["ELU: alpha", (alpha) => new nn.ELU({ alpha })],
  ["GLU: dim", (dim) => new nn.GLU({ dim })],
  ["Softmax: dim", (dim) => new nn.Softmax({ dim })],
  ["Softplus: beta", (beta) => new nn.Softplus({ beta })],
  ["PReLU: init", (init) => new nn.PReLU({ init })],
  ["BatchNorm1d: momentum", (momentum) => new nn.BatchNorm1d(1, { momentum })],
  ["InstanceNorm1d: momentum", (momentum) => new nn.InstanceNorm1d(1, { momentum })],
  ["StepLR: gamma", (gamma) => new lrScheduler.StepLR(sgd(), 1, { gamma })],
  ["MultiStepLR: gamma", (gamma) => new lrScheduler.MultiStepLR(sgd(), [1], { gamma })],
  ["ExponentialLR: gamma", (gamma) => new lrScheduler.ExponentialLR(sgd(), gamma)],
  ["CosineAnnealingLR: etaMin", (etaMin) => new lrScheduler.CosineAnnealingLR(sgd(), 4, { etaMin })],
  ["ReduceLROnPlateau: factor", (factor) => new lrScheduler.ReduceLROnPlateau(sgd(), { factor })],
  ["ReduceLROnPlateau: threshold", (threshold) => new lrScheduler.ReduceLROnPlateau(sgd(), { threshold })],
  ["ReduceLROnPlateau: minLr", (minLr) => new lrScheduler.ReduceLROnPlateau(sgd(), { minLr })],
  ["ReduceLROnPlateau: eps", (eps) => new lrScheduler.ReduceLROnPlateau(sgd(), { eps })],
  ["OneCycleLR: maxLr", (maxLr) => new lrScheduler.OneCycleLR(sgd(), maxLr, { totalSteps: 9 })],
  ["OneCycleLR: divFactor", (divFactor) => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 9, divFactor })],
  ["OneCycleLR: baseMomentum", (value) => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 9, baseMomentum: value })],
  ["SGD: initialLr", (initialLr) => new optim.SGD([{ params: [w()], initialLr }])],
];
test.each(indefinite)("%s is neither NaN nor infinite", (name, build) => {
  const [what, option] = name.split(": ");
  for (const value of [NAN, INF, -INF]) {
    expect(() => build(value)).toThrow(OptionError);
    expect(() => build(value)).toThrow(new RegExp(`^${what}.*: ${option} must be (finite.*|a number), got ${value}$`));
  }
});

test("eps NaN is refused; an infinite bound or threshold is none", () => {
  for (const Norm of [nn.BatchNorm1d, nn.LayerNorm, nn.ChannelNorm])
    expect(() => new Norm(1, { eps: NAN })).toThrow(OptionError);
  expect(() => new nn.GroupNorm(1, 1, { eps: NAN })).toThrow(OptionError);
  const x = tensor([-3, 40]);
  expect(new nn.Hardtanh({ minVal: 0, maxVal: INF }).forward(x).toArray()).toEqual([0, 40]);
  expect(new nn.Softplus({ threshold: INF }).forward(x).dataSync()[1]).toBe(40);
  expect(() => new nn.Hardtanh({ minVal: NAN })).toThrow("Hardtanh: minVal must be a number, got NaN");
  expect(() => new nn.Softplus({ threshold: NAN })).toThrow("Softplus: threshold must be a number, got NaN");
});

test("null is not left out elsewhere either", () => {
  const none = null as never;
  expect(() => new mindspore.Conv1d(1, 1, 1, { dtype: none })).toThrow("Conv1d: dtype must be");
  expect(() => new nn.ReLU().loadStateDict({}, { strict: none })).toThrow("strict must be true or false, got null");
  expect(() => new lrScheduler.ExponentialLR(sgd(), 1, { lastEpoch: none })).toThrow(
    new OptionTypeError("ExponentialLR: lastEpoch must be an integer, got null"),
  );
  expect(() => new lrScheduler.LambdaLR(sgd(), () => 1, { lastEpoch: none })).toThrow(OptionTypeError);
  expect(() => new optim.SGD([{ params: [w()], initialLr: none }])).toThrow(OptionTypeError);
  const normed = nn.utils.parametrizations.weightNorm(new nn.Linear(1, 1));
  expect(() => nn.utils.parametrize.removeParametrizations(normed, "weight", { leaveParametrized: none })).toThrow(
    OptionTypeError,
  );
});
