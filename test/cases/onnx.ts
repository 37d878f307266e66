/** What an exported network has to get right: every layer with the options that a wrong export gets wrong, at asymmetric sizes. */
import { cat, F, nn, ones, rand, randn, type Tensor } from "atrous";

export interface OnnxCase {
  readonly name: string;
  readonly make: () => nn.Module | ((...inputs: Tensor[]) => Tensor);
  /** As the option of `exportOnnx`. */
  readonly dynamic?: readonly Readonly<Record<number, string>>[];
  /** Of the example that is exported. */
  readonly shape: readonly number[];
  /** Of the inputs that it is checked with, beside that one. */
  readonly others: readonly (readonly number[])[];
}

const one = (name: string, make: OnnxCase["make"], shape: readonly number[], ...others: number[][]): OnnxCase => ({
  name,
  make,
  shape,
  others,
});

/** A layer of three channels at lengths around multiples of its stride. */
const layer = (name: string, make: OnnxCase["make"]): OnnxCase =>
  one(name, make, [1, 4, 17], [3, 4, 17], [2, 4, 16], [1, 4, 23], [1, 4, 40]);

const modes = ["zeros", "reflect", "replicate", "circular"] as const;

function trained(norm: nn.BatchNorm1d): nn.BatchNorm1d {
  const { shape } = norm.getBuffer("running_mean");
  norm.setBuffer("running_mean", randn(shape));
  norm.setBuffer("running_var", rand(shape).add(0.5));
  norm.weight?.assign(randn(shape));
  norm.bias?.assign(randn(shape));
  return norm;
}

export const onnxCases: readonly OnnxCase[] = [
  layer("conv1d", () => new nn.Conv1d(4, 6, 3)),
  layer("conv1d without bias", () => new nn.Conv1d(4, 6, 3, { bias: false })),
  layer("conv1d strided, padded", () => new nn.Conv1d(4, 6, 5, { stride: 3, padding: 2 })),
  layer("conv1d asymmetric", () => new nn.Conv1d(4, 6, 4, { padding: [3, 1], stride: 2 })),
  layer("conv1d same, even kernel", () => new nn.Conv1d(4, 6, 4, { padding: "same" })),
  layer("conv1d causal, dilated", () => new nn.Conv1d(4, 6, 3, { padding: "causal", dilation: 4 })),
  layer(
    "conv1d grouped, strided, dilated",
    () => new nn.Conv1d(4, 6, 3, { groups: 2, stride: 2, dilation: 3, padding: 3 }),
  ),
  layer("conv1d depthwise", () => new nn.Conv1d(4, 4, 3, { groups: 4, padding: 1 })),
  ...modes.map((paddingMode) =>
    layer(`conv1d ${paddingMode}`, () => new nn.Conv1d(4, 5, 3, { padding: [3, 2], stride: 2, paddingMode })),
  ),
  layer("convTranspose1d", () => new nn.ConvTranspose1d(4, 6, 5, { stride: 3 })),
  layer(
    "convTranspose1d padded, outputPadding",
    () => new nn.ConvTranspose1d(4, 6, 5, { stride: 3, padding: 2, outputPadding: 2 }),
  ),
  layer(
    "convTranspose1d outputPadding beyond the stride",
    () => new nn.ConvTranspose1d(4, 6, 2, { stride: 2, dilation: 5, outputPadding: 3 }),
  ),
  layer(
    "convTranspose1d outputPadding beyond the stride, within the padding",
    () => new nn.ConvTranspose1d(4, 6, 2, { stride: 2, dilation: 5, padding: 4, outputPadding: 3 }),
  ),
  layer(
    "convTranspose1d grouped, asymmetric",
    () => new nn.ConvTranspose1d(4, 6, 4, { stride: 2, groups: 2, dilation: 2, padding: [1, 3] }),
  ),
  layer("convTranspose1d depthwise", () => new nn.ConvTranspose1d(4, 4, 4, { stride: 2, groups: 4, padding: 1 })),
  ...modes.map((paddingMode) =>
    layer(
      `convTranspose1d ${paddingMode}`,
      () => new nn.ConvTranspose1d(4, 5, 5, { stride: 2, padding: [3, 2], paddingMode }),
    ),
  ),
  layer("a length asked for", () => {
    const [down, up] = [new nn.Conv1d(4, 5, 4, { stride: 3 }), new nn.ConvTranspose1d(5, 4, 4, { stride: 3 })];
    return (x) => up.forward(down.forward(x), { outputLength: x.shape[2]! });
  }),
  ...modes.map((mode) => layer(`pad ${mode}`, () => (x) => F.pad(x, [3, 5], { mode }))),
  layer("pad with a number", () => (x) => F.pad(x, [2, 1], { value: -1.5 })),
  layer("pad that crops", () => (x) => F.pad(x, [-3, 2])),
  layer("crop", () => new nn.Crop([2, 3])),
  layer(
    "slices",
    () => (x) => cat([x.slice(2, 1, -2), x.slice(2, -5), x.slice(2, 0, 4), x.slice(2, 1, undefined, 3)], 2),
  ),
  layer("slices that the example has no need of", () => (x) => cat([x.slice(2, 0, 30), x.slice(2, -20)], 2)),
  layer("a third of the signal, rounded up", () => (x) => x.slice(2, 0, Math.ceil(x.shape[2]! / 3))),
  one(
    "one sample for every 64",
    () => (x) => x.slice(2, 0, Math.ceil(x.shape[2]! / 64)),
    [1, 2, 100],
    [2, 2, 64],
    [1, 2, 129],
  ),
  {
    ...one(
      "a first axis that is time",
      () => (x) => x.slice(0, 0, Math.floor(x.shape[0]! / 2)).add(F.conv1d(x.transpose(0, 1), ones([4, 4, 9])).mean(1)),
      [40, 4],
      [41, 4],
      [17, 4],
    ),
    dynamic: [{ 0: "T" }],
  },
  layer("flip, transpose", () => (x) => F.flip(x, 2).transpose(1, 2).add(1)),
  layer("split, stack, broadcast", () => (x) => {
    const [a, b] = F.chunk(x, 2, 1) as [Tensor, Tensor];
    return F.broadcastTo(a.mul(b).sum(1, { keepDim: true }), x.shape).add(F.cat([b, a], 1));
  }),
  layer("reshape to frames of two", () => (x) => x.slice(2, 0, 16).reshape([x.shape[0]!, 8, 8])),
  layer("channels to batch", () => (x) => F.relu(x.reshape([x.shape[0]! * 2, 2, x.shape[2]!])).reshape(x.shape)),
  layer("trim to the middle of something longer", () => {
    const conv = new nn.Conv1d(4, 4, 6);
    return (x) => {
      const y = conv.forward(x);
      const start = Math.floor((x.shape[2]! - y.shape[2]!) / 2);
      return y.add(x.slice(2, start, start + y.shape[2]!));
    };
  }),
  ...[
    ["relu", F.relu],
    ["leakyRelu", (x: Tensor) => F.leakyRelu(x, 0.2)],
    ["elu", (x: Tensor) => F.elu(x, 0.7)],
    ["selu", F.selu],
    ["gelu", F.gelu],
    ["gelu by tanh", (x: Tensor) => F.gelu(x, { approximate: "tanh" })],
    ["silu", F.silu],
    ["mish", F.mish],
    ["softplus", (x: Tensor) => F.softplus(x, 2)],
    ["logSigmoid", F.logSigmoid],
    ["tanh", F.tanh],
    ["sigmoid", F.sigmoid],
    ["hardtanh", (x: Tensor) => F.hardtanh(x)],
    ["hardswish", F.hardswish],
    ["hardsigmoid", F.hardsigmoid],
    ["relu6", F.relu6],
    ["softsign", F.softsign],
    ["glu", (x: Tensor) => F.glu(x, 1)],
    ["softmax", (x: Tensor) => F.softmax(x, 1)],
    ["logSoftmax over time", (x: Tensor) => F.logSoftmax(x, -1)],
    [
      "arithmetic",
      (x: Tensor) =>
        F.exp(F.neg(F.abs(x)))
          .div(x.mul(x).add(1))
          .sub(F.sqrt(F.abs(x)))
          .pow(2),
    ],
    [
      "unary functions",
      (x: Tensor) => F.sin(x).add(F.cos(x)).add(F.erf(x)).add(F.floor(x)).add(F.round(x)).add(F.sign(x)),
    ],
    [
      "log1p, expm1",
      (x: Tensor) =>
        F.log1p(F.abs(x))
          .add(F.expm1(x))
          .add(F.log(F.abs(x).add(1))),
    ],
    [
      "maximum, clamp, where",
      (x: Tensor) => F.where(F.less(x, 0), F.maximum(x, -0.5), F.clamp(x, 0.1, 0.9)).add(F.minimum(x, 0.3)),
    ],
    ["mean, max, sum over time", (x: Tensor) => F.mean(x, -1).add(F.max(x, -1)).add(F.sum(x, -1)).sub(F.min(x, 2))],
    ["variance over channels", (x: Tensor) => F.variance(x, 1, { keepDim: true })],
    ["argmax", (x: Tensor) => F.argmax(x, 1)],
    ["cumsum", (x: Tensor) => F.cumsum(x, -1)],
    [
      "standardised by the whole signal",
      (x: Tensor) =>
        x.sub(F.mean(x, [1, 2], { keepDim: true })).div(F.sqrt(F.variance(x, -1, { keepDim: true }).add(1e-3))),
    ],
    ["detach", (x: Tensor) => x.detach().mul(2)],
  ].map(([name, run]) => layer(name as string, () => run as (x: Tensor) => Tensor)),
  layer("prelu", () => new nn.PReLU(4)),
  layer("snake", () => new nn.Snake(4)),
  layer("batchNorm1d", () => trained(new nn.BatchNorm1d(4))),
  layer("instanceNorm1d", () => new nn.InstanceNorm1d(4, { affine: true })),
  layer("groupNorm", () => new nn.GroupNorm(2, 4)),
  layer("layerNorm over channels", () => {
    const norm = new nn.LayerNorm(4);
    return (x) => norm.forward(x.transpose(1, 2));
  }),
  layer("channelNorm", () => new nn.ChannelNorm(4)),
  layer("cumulativeNorm", () => new nn.CumulativeNorm(4)),
  layer("maxPool1d", () => new nn.MaxPool1d(3, { stride: 2, padding: 1 })),
  layer("maxPool1d, dilated", () => new nn.MaxPool1d(2, { stride: 1, dilation: 3, padding: 1 })),
  layer("maxPool1d, ceilMode", () => new nn.MaxPool1d(3, { stride: 2, ceilMode: true })),
  layer("avgPool1d", () => new nn.AvgPool1d(3, { stride: 2, padding: 1 })),
  layer("avgPool1d, padding not counted", () => new nn.AvgPool1d(3, { stride: 2, padding: 1, countIncludePad: false })),
  layer("avgPool1d, ceilMode", () => new nn.AvgPool1d(4, { stride: 3, padding: 2, ceilMode: true })),
  layer("adaptiveAvgPool1d to one", () => new nn.AdaptiveAvgPool1d(1)),
  layer("adaptiveMaxPool1d to one", () => new nn.AdaptiveMaxPool1d(1)),
  layer("pools with a window as long as the signal", () => (x) => {
    const length = x.shape[2]!;
    return F.avgPool1d(x, length).add(F.maxPool1d(x, length));
  }),
  layer("global pools", () => (x) => F.globalAvgPool1d(x).add(F.globalMaxPool1d(x))),
  layer("upsample nearest", () => new nn.Upsample({ scaleFactor: 3 })),
  layer("upsample nearest by 1.5", () => new nn.Upsample({ scaleFactor: 1.5 })),
  layer("upsample linear", () => new nn.Upsample({ scaleFactor: 2, mode: "linear" })),
  layer(
    "upsample linear, corners aligned",
    () => new nn.Upsample({ scaleFactor: 2, mode: "linear", alignCorners: true }),
  ),
  layer("interpolate to a length", () => (x) => F.interpolate(x, { size: 29, mode: "linear" })),
  layer("interpolate nearest to a length", () => (x) => F.interpolate(x, { size: 31 })),
  layer("interpolate to the length of something else", () => (x) => {
    const [half, size] = [F.avgPool1d(x, 2), x.shape[2]!];
    return F.interpolate(half, { size })
      .add(F.interpolate(half, { size, mode: "linear" }))
      .add(x);
  }),
  ...([0.3, 2.3] as const).map((scaleFactor) => ({
    ...one(
      `interpolate by ${scaleFactor}, at one length`,
      () => (x) => cat([F.interpolate(x, { scaleFactor }), F.interpolate(x, { scaleFactor, mode: "linear" })], 1),
      [1, 2, 101],
      [3, 2, 101],
    ),
    dynamic: [{ 0: "N" }],
  })),
  one("linear", () => new nn.Linear(5, 3), [2, 5], [7, 5]),
  {
    ...one("linear over time", () => new nn.Linear(5, 3, { bias: false }), [2, 9, 5], [3, 4, 5]),
    dynamic: [{ 0: "N", 1: "L" }],
  },
  one("an input without batch", () => new nn.Conv1d(4, 3, 3, { padding: 1 }), [4, 17], [4, 30]),
  one(
    "classifier that takes one length",
    () => new nn.Sequential(new nn.Conv1d(2, 3, 3), new nn.Flatten(), new nn.Linear(24, 4)),
    [2, 2, 10],
    [5, 2, 10],
  ),
  one("weight norm", () => nn.utils.parametrizations.weightNorm(new nn.Conv1d(4, 6, 3)), [1, 4, 17], [2, 4, 20]),
  one("matmul of two signals", () => (x) => F.matmul(x.transpose(1, 2), x), [2, 3, 8], [2, 3, 11]),
  one(
    "LSTM",
    () => {
      const lstm = new nn.LSTM(4, 5, { numLayers: 2, batchFirst: true });
      return (x) => lstm.forward(x.transpose(1, 2))[0].transpose(1, 2);
    },
    [1, 4, 17],
    [3, 4, 9],
  ),
  one(
    "LSTM bidirectional, its last states",
    () => {
      const lstm = new nn.LSTM(4, 5, { bidirectional: true, bias: false });
      return (x) => {
        const [y, [h, c]] = lstm.forward(x.permute([2, 0, 1]));
        return y.sum(0).add(F.cat([h.slice(0, 0, 1), c.slice(0, 1, 2)], 2).squeeze(0));
      };
    },
    [2, 4, 12],
    [3, 4, 7],
  ),
  one(
    "GRU",
    () => {
      const gru = new nn.GRU(4, 5, { numLayers: 2, batchFirst: true });
      return (x) => gru.forward(x.transpose(1, 2))[0].transpose(1, 2);
    },
    [1, 4, 17],
    [3, 4, 9],
  ),
  one(
    "GRU bidirectional, without bias, its last state",
    () => {
      const gru = new nn.GRU(4, 5, { bidirectional: true, bias: false });
      return (x) => {
        const [y, h] = gru.forward(x.permute([2, 0, 1]));
        return y.sum(0).add(F.cat([h.slice(0, 0, 1), h.slice(0, 1, 2)], 2).squeeze(0));
      };
    },
    [2, 4, 12],
    [3, 4, 7],
  ),
  one(
    "LSTMCell and GRUCell",
    () => {
      const [lstm, gru] = [new nn.LSTMCell(4, 5), new nn.GRUCell(4, 5)];
      return (x) => {
        const [h, c] = lstm.forward(x);
        return gru.forward(x, lstm.forward(x, [h, c])[0]).add(c);
      };
    },
    [2, 4],
    [3, 4],
  ),
];
