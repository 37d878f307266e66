import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { constant, normal, truncNormal } from "../../nn/init/index.ts";
import { Initializer } from "./base.ts";

/** Normal with standard deviation `sigma`: `"normal"`. */
export class Normal extends Initializer {
  readonly sigma: number;
  readonly mean: number;

  constructor(sigma = 0.01, mean = 0) {
    super();
    this.sigma = checkSigma("Normal", sigma);
    this.mean = checkNumber("Normal", "mean", mean);
  }

  override fill(parameter: Parameter): void {
    normal(parameter, this.mean, this.sigma);
  }
}

/**
 * Normal, restricted to the interval [a, b]: `"truncatednormal"` (not `"truncated_normal"`).
 *
 * The bounds are values. MindSpore's page speaks of a truncated normal and its older versions (before 1.9) cut at ±2·sigma; since
 * then the interval is absolute, so with the defaults it lies 200 · sigma away and nothing is truncated. So it is here.
 */
export class TruncatedNormal extends Initializer {
  readonly sigma: number;
  readonly mean: number;
  readonly a: number;
  readonly b: number;

  constructor(sigma = 0.01, mean = 0, a = -2, b = 2) {
    super();
    this.sigma = checkSigma("TruncatedNormal", sigma);
    this.mean = checkNumber("TruncatedNormal", "mean", mean);
    this.a = checkNumber("TruncatedNormal", "a", a);
    this.b = checkNumber("TruncatedNormal", "b", b);
    if (!(a <= b)) throw new OptionError(`For 'TruncatedNormal', 'a' must be <= 'b', but got 'a': ${a} and 'b': ${b}.`);
  }

  override fill(parameter: Parameter): void {
    const { sigma, mean, a, b } = this;
    if (sigma === 0) constant(parameter, Math.min(Math.max(mean, a), b));
    // Less than one draw in 1e15 falls beyond 8 · sigma: no float can tell this from the truncated one.
    else if (Math.min(mean - a, b - mean) >= 8 * sigma) normal(parameter, mean, sigma);
    else truncNormal(parameter, mean, sigma, a, b);
  }
}

/** MindSpore says "sigma < 0", and only when numbers are drawn. */
export function checkSigma(name: string, sigma: unknown): number {
  const checked = checkNumber(name, "sigma", sigma);
  if (!(checked >= 0)) throw new OptionError(`For '${name}', the 'sigma' must be >= 0, but got ${checked}.`);
  return checked;
}
