import type { PaddingModeName } from "../../core/padding/index.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { ConvAttributes } from "../../ops/convolution/kernels.ts";
import type { AvgPool } from "../../ops/pooling/avgPool1d.ts";
import type { Pool } from "../../ops/pooling/windows.ts";
import type { Interpolation } from "../../ops/resample/interpolate.ts";
import type { IndexMap } from "../../ops/shape/gather.ts";
import type { RuleName } from "../rules/index.ts";
import { spanOf } from "../rules/windows.ts";
import type { Aligned } from "./align.ts";
import { hasVaryingOptions } from "./options.ts";

/** What keeps time in a node: its rule, and what that has to know. */
export interface Head {
  readonly rule: RuleName;
  readonly parameters: unknown;
  readonly source: Aligned;
  readonly weights: readonly Aligned[];
  /** Whether its length is that of another signal, not a function of its input's. */
  readonly followsLength: boolean;
  /** Of a recurrence: what it starts from. */
  readonly initial?: Aligned;
  /** For slices: samples cut off the end. */
  readonly cut?: number;
}

/** Why a node cannot be computed block by block, in words that follow its name. */
export class Refusal {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The head of a node with an axis of time; `null` if every moment of it is made of that moment alone. */
export function headOf(node: Aligned): Head | Refusal | null {
  const find = finders[node.name];
  return find ? find(node) : null;
}

/** What keeps time in a node, unless that is not the same at all lengths. */
export function headAtAnyLength(node: Aligned): Head | Refusal | null {
  if (node.inputs.some((input) => input.varies && input.time < 0))
    return new Refusal("uses a number that depends on the length of the signal, or differs from call to call");
  if (hasVaryingOptions(node)) return new Refusal(`has options that depend on the length of the signal; ${MODULO}`);
  return headOf(node);
}

type Find = (node: Aligned) => Head | Refusal | null;

const head = (rule: RuleName, source: Aligned, parameters: unknown, more: Partial<Head> = {}): Head => ({
  rule,
  parameters,
  source,
  weights: [],
  followsLength: false,
  ...more,
});

const isConstant = ({ depends, varies }: Aligned): boolean => !depends && !varies;

/** Two lengths at which a number is not the same. */
function difference<T>(all: readonly T[], read: (each: T) => [number, number]): string {
  const [number, length] = read(all[0]!);
  const [other, otherLength] = all.map(read).find(([value]) => value !== number) ?? [number, length];
  return `${number} at length ${length}, ${other} at ${otherLength}`;
}

/** The one value that all traces have, or `undefined`. */
function common<T>(values: readonly T[]): T | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** What helps where something depends on the length. */
export const MODULO = "the option lengthModulo says what the length will be, modulo the hop";

/** A convolution whose taps run along time, for `find`; moment by moment where time is the batch. */
const convolution =
  (find: (source: Aligned, weight: Aligned, all: readonly ConvAttributes[]) => Head | Refusal | null): Find =>
  ({ inputs, attributes }) => {
    const [source, weight] = inputs as [Aligned, Aligned];
    if (!isConstant(weight)) return new Refusal("has a weight that depends on the signal");
    if (source.time === 0) return null;
    if (source.time !== 2) return new Refusal("sums over time as over channels");
    return find(source, weight, attributes as readonly ConvAttributes[]);
  };

const findConv1d = convolution((source, weight, all) => {
  const { inChannels, outChannels, groups, kernelSize, stride, dilation } = all[0]!;
  const padBefore = common(all.map((each) => each.padBefore));
  const padAfter = common(all.map(paddingAfter));
  if (padBefore === undefined || padAfter === undefined)
    return new Refusal(
      `has a padding before that depends on the length of the signal (${difference(all, (each) => [each.padBefore, each.xLength])}); ${MODULO}`,
    );
  if (kernelSize === 1 && stride === 1 && padBefore === 0 && padAfter === 0) return null;
  const parameters = { inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, padAfter };
  return head("conv1d", source, parameters, { weights: [weight] });
});

/** As given, or at least what the last window takes. */
const paddingAfter = (a: ConvAttributes): number =>
  a.padAfter ?? Math.max(0, (a.gLength - 1) * a.stride + spanOf(a) - a.padBefore - a.xLength);

const findConvTranspose1d = convolution((source, weight, all) => {
  // The long side, x, is the result here.
  const { outChannels, inChannels, groups, kernelSize, stride, dilation } = all[0]!;
  const padBefore = common(all.map((each) => each.padBefore));
  if (padBefore === undefined) return new Refusal("has a padding that depends on the length of the signal");
  const mores = all.map((a) => a.xLength - ((a.gLength - 1) * stride + spanOf(a) - padBefore));
  const followsLength = common(mores) === undefined;
  // With a length from elsewhere nothing needs to be held back, because that signal says how far to go.
  const more = followsLength ? stride : Math.min(...mores);
  if (kernelSize === 1 && stride === 1 && padBefore === 0 && more === 0 && !followsLength) return null;
  const parameters = { inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, more };
  return head("convTranspose1d", source, parameters, { weights: [weight], followsLength });
});

const findGather: Find = (node) => {
  const [source] = node.inputs as [Aligned];
  const all = node.attributes as readonly IndexMap[];
  const [{ axis, meaning }] = all as [IndexMap];
  if (axis !== source.time) return null;
  switch (meaning.kind) {
    case "pad":
      return findPad(source, meaning.mode, meaning.before, meaning.after, 0);
    case "slice":
      return findSlice(source, all);
    case "repeat":
      return head("repeat", source, { factor: meaning.times, up: meaning.times, down: 1 });
    case "flip":
      return new Refusal("reads the signal backwards, from its end, as a bidirectional recurrence does");
    default:
      return new Refusal("picks samples by a table that depends on the length of the signal");
  }
};

function findPad(source: Aligned, mode: string, before: number, after: number, value: number): Head | Refusal {
  if (mode === "circular" && (before !== 0 || after !== 0))
    return new Refusal(
      'pads with "circular": what stands before the signal is its end. "reflect", "replicate" and zeros do not need it',
    );
  const cut = Math.max(0, -after);
  if (before <= 0 && after <= 0)
    return head("slice", source, { start: -before, step: 1, cut: -after, hold: 0 }, { cut });
  return head("pad", source, { mode, before, after, value, hold: 0 }, { cut });
}

function findSlice(source: Aligned, all: readonly IndexMap[]): Head | Refusal {
  const [first] = all as [IndexMap];
  const step = (first.meaning as { step: number }).step;
  const start = common(all.map(({ index }) => index[0]));
  if (start === undefined)
    return new Refusal(
      `starts at a sample that depends on the length of the signal (${difference(all, ({ index: [at], length }) => [at!, length])}); ${MODULO}`,
    );
  const { index, length } = first;
  const { end } = first.meaning as { end: number | undefined };
  const least = Math.max(0, length - start - index.length * step);
  const cuts = end === undefined ? [0] : end < 0 ? [-end] : Array.from({ length: step }, (_, i) => least + i);
  for (const cut of cuts)
    if (all.every((each) => each.index.length === Math.ceil((each.length - start - cut) / step)))
      return head("slice", source, { start, step, cut, hold: 0 }, { cut });
  return head("slice", source, { start, step, cut: 0, hold: 0 }, { followsLength: true, cut: 0 });
}

const findScatter: Find = (node) => {
  const [source] = node.inputs as [Aligned];
  const [{ axis, meaning }] = node.attributes as [IndexMap];
  if (axis !== source.time) return null;
  if (meaning.kind !== "pad") return new Refusal("adds samples up at places that depend on the length of the signal");
  const { mode, before, after } = meaning;
  if (mode === "circular")
    return new Refusal(
      'has padding mode "circular": what it adds to the start of the signal comes from its end. The other modes do not need it',
    );
  return head("fold", source, { mode: mode as PaddingModeName, before, after });
};

const findPool =
  (rule: "maxPool1d" | "avgPool1d"): Find =>
  (node) =>
    head(rule, node.inputs[0]!, node.attributes[0] as Pool | AvgPool);

const findInterpolate: Find = (node) => {
  const { scaleFactor, mode, alignCorners } = node.attributes[0] as Interpolation;
  const [source] = node.inputs as [Aligned];
  if (scaleFactor === null)
    return new Refusal("resamples to a size, so its rate depends on the length; scaleFactor does not");
  if (alignCorners) return new Refusal("with alignCorners has a rate that depends on the length of the signal");
  if (mode === "nearest" && Number.isInteger(scaleFactor))
    return head("repeat", source, { factor: scaleFactor, up: scaleFactor, down: 1 });
  for (let down = 1; down <= 4096; down++) {
    const up = Math.round(scaleFactor * down);
    if (up > 0 && Math.abs(up / down - scaleFactor) <= 1e-15 * scaleFactor)
      return head(mode, source, { factor: scaleFactor, up, down });
  }
  return new Refusal(`has scaleFactor ${scaleFactor}, which is no ratio of whole numbers up to 4096`);
};

/** A reshape keeps time, unless it moves elements into time or out of it. */
const findReshape: Find = (node) => {
  const [source] = node.inputs as [Aligned];
  const [from, to] = [source.nodes[0]!.shape, node.nodes[0]!.shape];
  const [before, after] = [source.lengths, node.lengths];
  const [fromInner, toInner] = [sizeOf(from.slice(source.time + 1)), sizeOf(to.slice(node.time + 1))];
  const [outer, inner] = [to.slice(0, node.time), to.slice(node.time + 1)];
  if (before.every((length, i) => length === after[i]) && fromInner === toInner) return null;
  const up = fromInner / toInner;
  if (Number.isInteger(up) && before.every((length, i) => length * up === after[i]))
    return head("regroup", source, { up, down: 1, outer, inner });
  const down = toInner / fromInner;
  if (Number.isInteger(down) && before.every((length, i) => length === after[i]! * down))
    return head("regroup", source, { up: 1, down, outer, inner });
  return new Refusal("mixes time with another axis");
};

const findRecurrence =
  (rule: "lstm" | "gru" | "cumsum"): Find =>
  (node) => {
    const source = node.inputs[0]!;
    const [weights, initial] = [node.inputs.slice(1, -1), node.inputs.at(-1)!];
    if (source.time !== source.nodes[0]!.rank - 1) return new Refusal("runs along another axis than time");
    if (!isConstant(initial) || !weights.every(isConstant))
      return new Refusal("starts from a state that depends on the signal");
    return head(rule, source, node.attributes[0] ?? null, { weights, initial });
  };

/** Constants before and after a signal are padding, if they are of one number. */
const findCat: Find = (node) => {
  const [{ axis }] = node.attributes as [{ axis: number }];
  const signals = node.inputs.filter(({ time }) => time >= 0);
  if (!signals.some(({ time }) => time === axis)) return null;
  const [source] = signals as [Aligned];
  const place = node.inputs.indexOf(source);
  const values = new Set(node.inputs.flatMap((input) => (input === source ? [] : [uniformValue(input)])));
  const [value] = values;
  if (signals.length > 1 || values.size !== 1 || value === undefined || axis !== source.nodes[0]!.rank - 1)
    return new Refusal(
      "puts signals one after the other in time; only numbers that are all equal can stand before and after, or before the first samples of a signal as long as the result",
    );
  const lengthOf = (parts: readonly Aligned[]): number =>
    parts.reduce((sum, part) => sum + part.nodes[0]!.shape[axis]!, 0);
  return findPad(source, "zeros", lengthOf(node.inputs.slice(0, place)), lengthOf(node.inputs.slice(place + 1)), value);
};

/** The number that a constant consists of; `undefined` if there are several, or it is not known yet. */
function uniformValue(node: Aligned): number | undefined {
  const { value } = node.nodes[0]!;
  if (!isConstant(node) || !value) return undefined;
  return value.every((number) => Object.is(number, value[0])) ? Number(value[0] ?? 0) : undefined;
}

/** Where time is not one of the axes that an operation works along, it is done moment by moment. */
const along =
  (axesOf: (node: Aligned, source: Tensor) => readonly number[], reason: string): Find =>
  (node) => {
    const moving = node.inputs.filter(({ time }) => time >= 0);
    return moving.some((input) => axesOf(node, input.nodes[0]!).includes(input.time)) ? new Refusal(reason) : null;
  };

const lastAxis = (_: Aligned, source: Tensor): number[] => [source.rank - 1];

const finders: Readonly<Record<string, Find>> = {
  conv1d: findConv1d,
  conv1dInput: findConvTranspose1d,
  conv1dWeight: () => new Refusal("sums over time"),
  gather: findGather,
  scatterAdd: findScatter,
  pad: (node) => {
    const { before, after, value } = node.attributes[0] as { before: number; after: number; value: number };
    return findPad(node.inputs[0]!, "zeros", before, after, value);
  },
  maxPool1d: findPool("maxPool1d"),
  avgPool1d: findPool("avgPool1d"),
  interpolate: findInterpolate,
  reshape: findReshape,
  lstm: findRecurrence("lstm"),
  gru: findRecurrence("gru"),
  cumsum: findRecurrence("cumsum"),
  cat: findCat,
  sum: along((node) => (node.attributes[0] as { axes: readonly number[] }).axes, "sums over time"),
  argmaxWindow: along(lastAxis, "compares all moments"),
  take: along(lastAxis, "picks samples by their place in the whole signal"),
  put: along(lastAxis, "adds samples up at their place in the whole signal"),
};
