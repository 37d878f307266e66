import { cat, F, stack, type Tensor } from "atrous";
import { isFloat } from "../../src/core/dtype.ts";
import { gru } from "../../src/ops/recurrent/gru.ts";
import { lstm } from "../../src/ops/recurrent/lstm.ts";
import type { Hand } from "./plans.ts";

/** One way to go on with a tensor. */
export interface Move {
  readonly name: string;
  make(x: Tensor, hand: Hand): Tensor | Tensor[];
}

const MODES = ["zeros", "reflect", "replicate", "circular"] as const;
const UNARY = ["neg", "abs", "relu", "square", "sqrt", "sign", "floor", "round"] as const;
const CURVES = ["exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "erf"] as const;
const BINARY = ["add", "sub", "mul", "div", "maximum", "minimum", "less", "equal", "greater"] as const;

const channelsOf = (x: Tensor): number => x.shape.at(-2) ?? 1;
const lengthOf = (x: Tensor): number => x.shape.at(-1) ?? 1;
const like = (x: Tensor) => (y: Tensor) => y.dtype === x.dtype && String(y.shape) === String(x.shape);

/** Groups that both counts of channels are multiples of: usually 1, often all channels. */
const groupsOf = (channels: number, hand: Hand): number => hand.pick([1, 1, channels, channels % 2 === 0 ? 2 : 1]);

function padding(hand: Hand, reach: number): number | [number, number] | "valid" | "same" | "causal" {
  const some = (): number => hand.choose(reach + 2);
  return hand.pick([
    () => some(),
    () => [some(), some()] as [number, number],
    () => "same" as const,
    () => "causal" as const,
    () => "valid" as const,
  ])();
}

/** A weight: a leaf, or made of leaves, as normed weights are. */
function weightOf(shape: readonly number[], x: Tensor, hand: Hand): Tensor {
  const v = hand.leaf(shape, x.dtype);
  const kind = hand.choose(5);
  if (kind === 1) return v.mul(hand.leaf([], x.dtype));
  if (kind === 2)
    return v.mul(hand.leaf([shape[0]!, 1, 1], x.dtype).div(v.square().sum([1, 2], { keepDim: true }).sqrt()));
  return v;
}

function convolved(x: Tensor, hand: Hand): Tensor {
  const channels = channelsOf(x);
  const groups = groupsOf(channels, hand);
  const out = groups * (1 + hand.choose(groups > 2 ? 2 : 5));
  const kernelSize = 1 + hand.choose(5);
  const dilation = 1 + hand.choose(3);
  const amount = padding(hand, (kernelSize - 1) * dilation);
  const stride = amount === "same" ? 1 : hand.pick([1, 1, 2, 3]);
  const weight = weightOf([out, channels / groups, kernelSize], x, hand);
  const bias = hand.choose(3) === 0 ? null : hand.leaf([out], x.dtype);
  return F.conv1d(x, weight, bias, { stride, dilation, groups, padding: amount, paddingMode: hand.pick(MODES) });
}

function transposed(x: Tensor, hand: Hand): Tensor {
  const channels = channelsOf(x);
  const groups = groupsOf(channels, hand);
  const out = 1 + hand.choose(groups > 2 ? 2 : 5);
  const kernelSize = 1 + hand.choose(5);
  const stride = hand.pick([1, 2, 2, 3, 4]);
  const dilation = hand.pick([1, 1, 2, 3]);
  const amount = hand.choose(2) === 0 ? 0 : padding(hand, 1 + Math.floor(((kernelSize - 1) * dilation) / 2));
  const bias = hand.choose(3) === 0 ? null : hand.leaf([out * groups], x.dtype);
  const outputPadding = hand.choose(Math.max(stride, dilation));
  const weight = weightOf([channels, out, kernelSize], x, hand);
  const paddingMode = hand.pick(MODES);
  return F.convTranspose1d(x, weight, bias, {
    ...{ stride, dilation, groups, paddingMode, outputPadding },
    ...{ padding: amount === "same" && stride !== 1 ? 1 : amount },
  });
}

/** What layers do after a convolution. */
function followed(y: Tensor, hand: Hand): Tensor {
  const next = hand.choose(7);
  if (next === 0) return y.relu();
  if (next === 1) return F.leakyRelu(y, 0.1);
  if (next === 2) return y.add(hand.earlier(like(y)));
  if (next === 3) return y.mul(hand.earlier((z) => broadcasts(z, y))).add(1);
  if (next === 4) return y.tanh();
  if (next === 5) return F.silu(y).sub(hand.earlier(like(y)));
  return y;
}

const broadcasts = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype &&
  a.rank <= b.rank &&
  a.shape.toReversed().every((length, i) => length === 1 || length === b.shape.at(-1 - i));

/** Something that repeats along axes of x: one number, one for each channel, time, signal, or another tensor. */
function operand(x: Tensor, hand: Hand): Tensor | number {
  const shapes = [[], [channelsOf(x), 1], [lengthOf(x)], [x.rank === 3 ? x.shape[0]! : 1, 1, 1], x.shape];
  const kind = hand.choose(shapes.length + 3);
  if (kind < shapes.length) return hand.leaf(shapes[kind]!, x.dtype);
  if (kind === shapes.length) return hand.pick(isFloat(x.dtype) ? [2, -1, 0.5, 0, 3] : [2, -1, 0, 3]);
  return hand.earlier((y) => broadcasts(y, x) || broadcasts(x, y));
}

const axisOf = (x: Tensor, hand: Hand): number => hand.choose(Math.max(x.rank, 1));
const per = (x: Tensor, hand: Hand): Tensor | null =>
  hand.choose(2) === 0 ? null : hand.leaf([channelsOf(x)], x.dtype);
const affine = (x: Tensor, hand: Hand) => ({ weight: per(x, hand), bias: per(x, hand) });

function pooled(x: Tensor, hand: Hand): Tensor {
  const kernelSize = 1 + hand.choose(4);
  const options = {
    stride: 1 + hand.choose(3),
    padding: hand.choose(Math.floor(kernelSize / 2) + 1),
    ceilMode: hand.choose(2) === 0,
  };
  const kind = hand.choose(6);
  if (kind === 0) return F.maxPool1d(x, kernelSize, { ...options, dilation: 1 + hand.choose(2) });
  if (kind === 1) return F.avgPool1d(x, kernelSize, { ...options, countIncludePad: hand.choose(2) === 0 });
  if (kind === 2) return F.adaptiveAvgPool1d(x, 1 + hand.choose(7));
  if (kind === 3) return F.adaptiveMaxPool1d(x, 1 + hand.choose(7));
  return kind === 4 ? F.globalAvgPool1d(x) : F.globalMaxPool1d(x);
}

function resampled(x: Tensor, hand: Hand): Tensor {
  const mode = hand.pick(["nearest", "linear"] as const);
  const corners = mode === "linear" ? { alignCorners: hand.choose(2) === 0 } : {};
  return hand.choose(2) === 0
    ? F.interpolate(x, { size: 1 + hand.choose(20), mode, ...corners })
    : F.interpolate(x, { scaleFactor: hand.pick([2, 3, 1.5, 0.5]), mode, ...corners });
}

function reduced(x: Tensor, hand: Hand): Tensor {
  const keepDim = hand.choose(2) === 0;
  const axis = hand.choose(4) === 0 ? undefined : axisOf(x, hand);
  const kind = hand.choose(6);
  if (kind === 0) return x.sum(axis, { keepDim });
  if (kind === 1) return x.mean(axis, { keepDim });
  if (kind === 2) return x.variance(axis, { keepDim, correction: hand.choose(2) });
  if (kind === 3) return x.max(axis, { keepDim });
  if (kind === 4) return x.min(axis, { keepDim });
  return (hand.choose(2) === 0 ? x.argmax(axis, { keepDim }) : x.argmin(axis, { keepDim })).to(x.dtype);
}

function normed(x: Tensor, hand: Hand): Tensor {
  const channels = channelsOf(x);
  const [mean, variance] = [hand.leaf([channels], x.dtype), hand.leaf([channels], x.dtype).square()];
  switch (hand.choose(6)) {
    case 0:
      return F.batchNorm(x, mean, variance, { training: true, ...affine(x, hand) });
    case 1:
      return F.batchNorm(x, mean, variance, affine(x, hand));
    case 2:
      return F.groupNorm(x, groupsOf(channels, hand), affine(x, hand));
    case 3:
      return F.instanceNorm(x, affine(x, hand));
    case 4:
      return F.layerNorm(x, lengthOf(x), { weight: hand.leaf([lengthOf(x)], x.dtype) });
    default:
      return F.channelNorm(x, affine(x, hand));
  }
}

const activations: readonly ((x: Tensor, hand: Hand) => Tensor)[] = [
  (x) => F.elu(x),
  (x) => F.selu(x),
  (x, hand) => F.prelu(x, hand.leaf([channelsOf(x)], x.dtype)),
  (x, hand) => F.gelu(x, { approximate: hand.pick(["none", "tanh"]) }),
  (x) => F.mish(x),
  (x) => F.silu(x),
  (x) => F.softplus(x, 2),
  (x) => F.logSigmoid(x),
  (x) => F.hardswish(x),
  (x) => F.hardsigmoid(x),
  (x) => F.hardtanh(x),
  (x) => F.relu6(x),
  (x) => F.softsign(x),
  (x, hand) =>
    F.snake(
      x,
      hand
        .leaf([channelsOf(x)], x.dtype)
        .square()
        .add(0.5),
    ),
  (x, hand) => F.glu(x, axisOf(x, hand)),
  (x, hand) => F.softmax(x, axisOf(x, hand)),
  (x, hand) => F.logSoftmax(x, axisOf(x, hand)),
  (x, hand) => F.dropout(x, 0.25, hand.choose(2) === 0),
  (x) => F.dropout1d(x, 0.25),
];

const losses: readonly ((x: Tensor, y: Tensor, hand: Hand) => Tensor)[] = [
  (x, y) => F.mseLoss(x, y),
  (x, y) => F.l1Loss(x, y, { reduction: "sum" }),
  (x, y) => F.huberLoss(x, y),
  (x, y) => F.smoothL1Loss(x, y, { reduction: "none" }),
  (x, y) => F.esrLoss(x, y, { preEmphasis: 0.9 }),
  (x, y) => F.siSdrLoss(x, y, { zeroMean: true }),
  (x, y) => F.binaryCrossEntropyWithLogits(x, y.sigmoid()),
  (x, y) => F.binaryCrossEntropy(x.sigmoid(), y.sigmoid()),
  (x, y) => F.crossEntropy(x, F.softmax(y, 1)),
  (x, y) => F.nllLoss(x, y.argmax(1)),
];

function reshaped(x: Tensor, hand: Hand): Tensor {
  const { shape } = x;
  const cut = shape.findIndex((length) => length % 2 === 0);
  switch (hand.choose(8)) {
    case 0:
      return x.flatten();
    case 1:
      return x.unsqueeze(hand.choose(x.rank + 1));
    case 2:
      return x.reshape(shape.filter((length) => length !== 1));
    case 3:
      return cut < 0 ? x : x.reshape(shape.toSpliced(cut, 1, shape[cut]! / 2, 2));
    case 4:
      return x.transpose(axisOf(x, hand), axisOf(x, hand));
    case 5:
      return x.permute(Array.from({ length: x.rank }, (_, axis) => (axis + 1) % x.rank));
    case 6:
      return x.broadcastTo([1 + hand.choose(3), ...shape]);
    default:
      return x.reshape([1, 1, x.size]);
  }
}

function cutOut(x: Tensor, hand: Hand): Tensor | Tensor[] {
  const axis = axisOf(x, hand);
  const length = x.shape[axis] ?? 1;
  switch (hand.choose(6)) {
    case 0:
      return x.slice(axis, hand.choose(length));
    case 1:
      return x.slice(axis, hand.choose(length), length, 1 + hand.choose(3));
    case 2:
      return x.chunk(2, axis);
    case 3:
      return x.split(1 + hand.choose(length), axis);
    case 4:
      return x.flip(axis);
    default:
      return x.pad([hand.choose(4), hand.choose(4)], { mode: hand.pick(MODES) });
  }
}

function joined(x: Tensor, hand: Hand): Tensor {
  const axis = axisOf(x, hand);
  const fits = (y: Tensor): boolean =>
    y.dtype === x.dtype && y.rank === x.rank && y.shape.every((length, i) => i === axis || length === x.shape[i]);
  if (hand.choose(4) === 0) return stack([x, hand.earlier(like(x))], axis);
  return cat([x, hand.earlier(fits), hand.earlier(fits)].slice(0, 2 + hand.choose(2)), axis);
}

function multiplied(x: Tensor, hand: Hand): Tensor {
  const out = 1 + hand.choose(5);
  const bias = hand.choose(2) === 0 ? null : hand.leaf([out], x.dtype);
  switch (hand.choose(4)) {
    case 0:
      return F.linear(x, hand.leaf([out, lengthOf(x)], x.dtype), bias);
    case 1:
      return F.matmul(x, hand.leaf([lengthOf(x), out], x.dtype));
    case 2:
      return F.matmul(hand.leaf([out, channelsOf(x)], x.dtype), x);
    default:
      return F.matmul(x, x.transpose(-1, -2));
  }
}

function converted(x: Tensor, hand: Hand): Tensor {
  const back = (y: Tensor): Tensor => y.to(x.dtype);
  switch (hand.choose(5)) {
    case 0:
      return back(x.to("float64").mul(3).sum(axisOf(x, hand), { keepDim: true }));
    case 1:
      return back(x.clamp(-9, 9).to("int32").add(2));
    case 2:
      return back(x.clamp(-9, 9).to("int64").mul(3));
    case 3:
      return x.to(x.dtype === "float64" ? "float32" : "float64");
    default:
      return x.detach();
  }
}

/** Sums, gates and states that go on from moment to moment. */
function recurrent(x: Tensor, hand: Hand): Tensor {
  if (hand.choose(2) === 0) return x.cumsum(axisOf(x, hand));
  const hidden = 1 + hand.choose(6);
  const isGru = hand.choose(2) === 1;
  const [rows, states] = isGru ? [3 * hidden, hidden] : [4 * hidden, 2 * hidden];
  const gates = F.matmul(hand.leaf([rows, channelsOf(x)], x.dtype), x);
  const batched = gates.rank === 3 ? gates : gates.unsqueeze(0);
  const initial = hand.leaf([batched.shape[0]!, states], x.dtype);
  const weight = hand.leaf([rows, hidden], x.dtype);
  if (!isGru) return lstm(batched, weight, initial);
  return gru(batched, weight, hand.leaf([rows], x.dtype), initial, { resetAfter: hand.choose(2) === 0 });
}

/** All moves; those that come often are there often. A failing graph shrinks towards the first. */
export const moves: readonly Move[] = [
  { name: "conv1d", make: convolved },
  { name: "conv1d", make: (x, hand) => followed(convolved(x, hand), hand) },
  { name: "conv1d", make: (x, hand) => followed(convolved(x, hand), hand) },
  { name: "convTranspose1d", make: transposed },
  { name: "convTranspose1d", make: (x, hand) => followed(transposed(x, hand), hand) },
  { name: "binary", make: (x, hand) => x[hand.pick(BINARY)](operand(x, hand)) },
  { name: "binary", make: (x, hand) => x[hand.pick(["add", "mul", "sub"] as const)](operand(x, hand)) },
  { name: "unary", make: (x, hand) => x[hand.pick(UNARY)]() },
  { name: "curve", make: (x, hand) => x[hand.pick(CURVES)]() },
  { name: "power", make: (x, hand) => x.abs().pow(hand.pick([2, 0.5, -1, 3])) },
  { name: "where", make: (x, hand) => F.where(x.less(hand.pick([0, 0.5])), x, operand(x, hand)) },
  { name: "clamp", make: (x, hand) => x.clamp(-1, hand.pick([0.5, null, 2])) },
  { name: "activation", make: (x, hand) => hand.pick(activations)(x, hand) },
  { name: "activation", make: (x, hand) => hand.pick(activations)(x, hand) },
  { name: "pool", make: pooled },
  { name: "interpolate", make: resampled },
  { name: "reduce", make: reduced },
  { name: "norm", make: normed },
  { name: "reshape", make: reshaped },
  { name: "cut out", make: cutOut },
  { name: "join", make: joined },
  { name: "product", make: multiplied },
  { name: "recurrence", make: recurrent },
  { name: "convert", make: converted },
  { name: "loss", make: (x, hand) => hand.pick(losses)(x, hand.earlier(like(x)), hand) },
];
