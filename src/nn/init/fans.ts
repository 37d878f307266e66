/** Numbers whose spread depends on how many connections an element has. */
import { OptionError, ShapeError } from "../../core/errors.ts";
import { checkChoice, checkOptions, show } from "../../core/options.ts";
import { type Shape, showShape, sizeOf } from "../../core/shape.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { checkFinite } from "../options.ts";
import { normal, uniform } from "./distributions.ts";
import { checkParameter } from "./fill.ts";

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

/**
 * The factor by which a nonlinearity shrinks the standard deviation; `slope` is that of `"leaky_relu"`.
 *
 * Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  checkFinite("init.calculateGain", "slope", slope);
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
      throw new OptionError(`init.calculateGain: unknown nonlinearity ${show(nonlinearity)}`);
  }
}

export interface KaimingOptions {
  /** Negative slope of the leaky ReLU that follows. Default 0. */
  a?: number;
  mode?: "fan_in" | "fan_out";
  nonlinearity?: Nonlinearity;
}

function kaimingStd(op: string, parameter: Parameter, options: KaimingOptions): number {
  checkParameter(op, parameter);
  checkOptions(op, options, ["a", "mode", "nonlinearity"]);
  const { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = options;
  checkFinite(op, "a", a);
  const { fanIn, fanOut } = fans(op, parameter.shape);
  const fan = checkChoice(op, "mode", mode, ["fan_in", "fan_out"]) === "fan_in" ? fanIn : fanOut;
  return calculateGain(nonlinearity, a) / Math.sqrt(atLeastOne(fan));
}

/** A weight without elements has a fan of 0; nothing is drawn for it. */
const atLeastOne = (fan: number): number => Math.max(fan, 1);

/** He et al. 2015, uniform in ±√3 · gain / √fan: in this order of operations, on which the last bit depends. */
export function kaimingUniform(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  const bound = Math.sqrt(3) * kaimingStd("init.kaimingUniform", parameter, options);
  return uniform(parameter, -bound, bound);
}

export function kaimingNormal(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  return normal(parameter, 0, kaimingStd("init.kaimingNormal", parameter, options));
}

function xavierSpread(op: string, parameter: Parameter, gain: number): number {
  checkParameter(op, parameter);
  if (!(checkFinite(op, "gain", gain) >= 0)) throw new OptionError(`${op}: gain must be at least 0, got ${gain}`);
  const { fanIn, fanOut } = fans(op, parameter.shape);
  return Math.sqrt(2 / atLeastOne(fanIn + fanOut));
}

/** Glorot & Bengio 2010, uniform in ±gain · √(6 / (fanIn + fanOut)). */
export function xavierUniform(parameter: Parameter, gain = 1): Parameter {
  const spread = xavierSpread("init.xavierUniform", parameter, gain);
  const bound = Math.sqrt(3) * gain * spread;
  return uniform(parameter, -bound, bound);
}

export function xavierNormal(parameter: Parameter, gain = 1): Parameter {
  const spread = xavierSpread("init.xavierNormal", parameter, gain);
  return normal(parameter, 0, gain * spread);
}

/** What PyTorch's linear and convolution layers start from: weight, then bias, both within ±1/√fanIn. */
export function linearDefault(weight: Parameter, bias: Parameter | null): void {
  kaimingUniform(weight, { a: Math.sqrt(5) });
  if (!bias) return;
  const bound = 1 / Math.sqrt(fans("linearDefault", weight.shape).fanIn);
  uniform(bias, -bound, bound);
}
