/** Numbers of one kind everywhere, whatever the shape. */
import { erf, inverseErf } from "../../core/erf.ts";
import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import { defaultGenerator, drawNormal } from "../../core/random/index.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { checkFinite } from "../options.ts";
import { checkParameter, filled } from "./fill.ts";

/** Uniform in [low, high), PyTorch's numbers for the same seed, bit for bit. */
export function uniform(parameter: Parameter, low = 0, high = 1): Parameter {
  checkParameter("init.uniform", parameter);
  if (!(checkFinite("init.uniform", "low", low) <= checkFinite("init.uniform", "high", high)))
    throw new OptionError(`init.uniform: expected low ≤ high, got low ${low}, high ${high}`);
  return filled(parameter, (out) => defaultGenerator.uniform(out, low, high));
}

export function normal(parameter: Parameter, mean = 0, std = 1): Parameter {
  checkParameter("init.normal", parameter);
  checkFinite("init.normal", "mean", mean);
  if (!(checkFinite("init.normal", "std", std) >= 0))
    throw new OptionError(`init.normal: std must be at least 0, got ${std}`);
  return filled(parameter, (out) => drawNormal(defaultGenerator, out, mean, std));
}

export function constant(parameter: Parameter, value: number): Parameter {
  checkParameter("init.constant", parameter);
  checkNumber("init.constant", "value", value);
  return filled(parameter, (out) => out.fill(value));
}

export const zeros = (parameter: Parameter): Parameter =>
  filled(checkParameter("init.zeros", parameter), (out) => out.fill(0));

export const ones = (parameter: Parameter): Parameter =>
  filled(checkParameter("init.ones", parameter), (out) => out.fill(1));

/**
 * Normal, restricted to [a, b] by inverting the distribution function. The bounds are values, not multiples of `std`. A bound that
 * lies far outside (8 · std) can be drawn itself, once in 2²⁴ float32 numbers, as in PyTorch.
 */
export function truncNormal(parameter: Parameter, mean = 0, std = 1, a = -2, b = 2): Parameter {
  checkParameter("init.truncNormal", parameter);
  for (const [name, value] of Object.entries({ mean, std, a, b })) checkFinite("init.truncNormal", name, value);
  if (!(std > 0) || !(a <= b))
    throw new OptionError(`init.truncNormal: expected std > 0 and a ≤ b, got std ${std}, a ${a}, b ${b}`);
  const level = (bound: number): number => erf((bound - mean) / std / Math.SQRT2);
  return filled(parameter, (out) => {
    defaultGenerator.uniform(out, level(a), level(b));
    for (let i = 0; i < out.length; i++)
      out[i] = Math.min(Math.max(mean + std * Math.SQRT2 * inverseErf(out[i]!), a), b);
  });
}
