/**
 * Initialisers, after `torch.nn.init`: each fills a parameter in place from the default generator and returns it.
 *
 * Source: https://docs.pytorch.org/docs/stable/nn.init.html
 */
import { allocate } from "../core/dtype.ts";
import { erf, inverseErf } from "../core/erf.ts";
import { OptionError, ShapeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { defaultGenerator } from "../core/random/index.ts";
import { type Shape, showShape, sizeOf } from "../core/shape.ts";
import type { Parameter } from "../graph/parameter.ts";
import { makeLeaf } from "../graph/tensor.ts";
import { orthonormalise } from "./orthonormal.ts";

type FloatArray = Float32Array | Float64Array;

let skipping = false;

/** Builds modules without drawing their weights, which stay zero: for modules that are loaded or share weights right away. */
export function skipInit<T>(build: () => T): T {
  const before = skipping;
  skipping = true;
  try {
    return build();
  } finally {
    skipping = before;
  }
}

function filled(parameter: Parameter, fill: (out: FloatArray) => void): Parameter {
  if (skipping) return parameter;
  const { shape, dtype, size } = parameter;
  const value = allocate(dtype, size) as FloatArray;
  fill(value);
  parameter.assign(makeLeaf(value, shape, dtype));
  return parameter;
}

/** Uniform in [low, high), PyTorch's numbers for the same seed, bit for bit. */
export const uniform = (parameter: Parameter, low = 0, high = 1): Parameter =>
  filled(parameter, (out) => defaultGenerator.uniform(out, low, high));

export const normal = (parameter: Parameter, mean = 0, std = 1): Parameter =>
  filled(parameter, (out) => defaultGenerator.normal(out, mean, std));

export const constant = (parameter: Parameter, value: number): Parameter => filled(parameter, (out) => out.fill(value));
export const zeros = (parameter: Parameter): Parameter => constant(parameter, 0);
export const ones = (parameter: Parameter): Parameter => constant(parameter, 1);

/** Connections into and out of one element: `shape[1]` and `shape[0]`, each times the taps. */
export function fans(op: string, shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2)
    throw new ShapeError(`${op}: fan in and fan out need at least 2 axes, got shape ${showShape(shape)}`);
  const taps = sizeOf(shape.slice(2));
  return { fanIn: shape[1]! * taps, fanOut: shape[0]! * taps };
}

export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv_transpose1d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "selu";

/** The factor by which a nonlinearity shrinks the standard deviation. */
export function gainOf(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "conv1d":
    case "conv_transpose1d":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leaky_relu":
      return Math.sqrt(2 / (1 + slope ** 2));
    case "selu":
      return 3 / 4;
    default:
      throw new OptionError(`gainOf: unknown nonlinearity ${show(nonlinearity)}`);
  }
}

export interface KaimingOptions {
  /** Negative slope of the leaky ReLU that follows. Default 0. */
  a?: number;
  mode?: "fan_in" | "fan_out";
  nonlinearity?: Nonlinearity;
}

function kaimingStd(op: string, parameter: Parameter, options: KaimingOptions): number {
  const { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = options;
  const { fanIn, fanOut } = fans(op, parameter.shape);
  return gainOf(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}

/** He et al. 2015, uniform in ±√3 · gain / √fan: in this order of operations, on which the last bit depends. */
export function kaimingUniform(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", parameter, options);
  return uniform(parameter, -bound, bound);
}

export function kaimingNormal(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  return normal(parameter, 0, kaimingStd("kaimingNormal", parameter, options));
}

/** Glorot & Bengio 2010, uniform in ±gain · √(6 / (fanIn + fanOut)). */
export function xavierUniform(parameter: Parameter, gain = 1): Parameter {
  const { fanIn, fanOut } = fans("xavierUniform", parameter.shape);
  const bound = Math.sqrt(3) * gain * Math.sqrt(2 / (fanIn + fanOut));
  return uniform(parameter, -bound, bound);
}

export function xavierNormal(parameter: Parameter, gain = 1): Parameter {
  const { fanIn, fanOut } = fans("xavierNormal", parameter.shape);
  return normal(parameter, 0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/**
 * Normal, restricted to [a, b] by inverting the distribution function. The bounds are values, not multiples of `std`. A bound that
 * lies far outside (8 · std) can be drawn itself, once in 2²⁴ float32 numbers, as in PyTorch.
 */
export function truncNormal(parameter: Parameter, mean = 0, std = 1, a = -2, b = 2): Parameter {
  if (!(std > 0) || !(a <= b))
    throw new OptionError(`truncNormal: expected std > 0 and a ≤ b, got std ${std}, a ${a}, b ${b}`);
  const level = (bound: number): number => erf((bound - mean) / std / Math.SQRT2);
  return filled(parameter, (out) => {
    defaultGenerator.uniform(out, level(a), level(b));
    for (let i = 0; i < out.length; i++)
      out[i] = Math.min(Math.max(mean + std * Math.SQRT2 * inverseErf(out[i]!), a), b);
  });
}

/**
 * A random matrix of `shape[0]` rows and all the rest as columns whose rows, or columns if there are fewer, are orthogonal and of
 * length `gain` (Saxe et al. 2014). Computed in float64, PyTorch's in the parameter's own type: equal to about 1e-6 in float32.
 */
export function orthogonal(parameter: Parameter, gain = 1): Parameter {
  const { shape, size } = parameter;
  if (shape.length < 2 || size === 0)
    throw new ShapeError(`orthogonal: expected at least 2 axes and one element, got shape ${showShape(shape)}`);
  const [rows, columns] = [shape[0]!, size / shape[0]!];
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const place = (i: number): number => (rows < columns ? i : (i % length) * columns + Math.floor(i / length));
  return filled(parameter, (out) => {
    defaultGenerator.normal(out);
    const vectors = Float64Array.from({ length: size }, (_, i) => out[place(i)]!);
    orthonormalise(vectors, count, length);
    for (let i = 0; i < size; i++) out[place(i)] = gain * vectors[i]!;
  });
}

/** The convolution that passes its channels through, within each group: 1 at the centre (`⌊kernelSize/2⌋`) of tap `[o, i]`, o ≡ i. */
export function dirac(parameter: Parameter, groups = 1): Parameter {
  const { shape } = parameter;
  if (shape.length < 3 || shape.length > 5)
    throw new ShapeError(`dirac: expected 3, 4 or 5 axes, got shape ${showShape(shape)}`);
  const [outChannels, inChannels, ...taps] = shape as [number, number, ...number[]];
  const perGroup = outChannels / groups;
  if (!Number.isInteger(perGroup) || groups < 1)
    throw new OptionError(`dirac: axis 0 of shape ${showShape(shape)} must be divisible by groups ${groups}`);
  const centre = taps.reduce((offset, length) => offset * length + Math.floor(length / 2), 0);
  return filled(parameter, (out) => {
    for (let group = 0; group < groups; group++)
      for (let i = 0; i < Math.min(perGroup, inChannels); i++)
        out[((group * perGroup + i) * inChannels + i) * sizeOf(taps) + centre] = 1;
  });
}

/** What PyTorch's linear and convolution layers start from: weight, then bias, both within ±1/√fanIn. */
export function linearDefault(weight: Parameter, bias: Parameter | null): void {
  kaimingUniform(weight, { a: Math.sqrt(5) });
  if (!bias) return;
  const bound = 1 / Math.sqrt(fans("linearDefault", weight.shape).fanIn);
  uniform(bias, -bound, bound);
}
