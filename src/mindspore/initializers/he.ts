import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { type KaimingOptions, kaimingNormal, kaimingUniform } from "../../nn/init/index.ts";
import { text } from "../python.ts";
import { Initializer } from "./base.ts";
import { checkedFans } from "./fans.ts";

export type HeMode = "fan_in" | "fan_out";

const LINEAR = [1, 2, 3].flatMap((axes) => [`conv${axes}d`, `conv_transpose${axes}d`]).concat("linear", "sigmoid");

/** What `HeUniform` and `HeNormal` share: gain / √fan, after He et al. 2015. */
abstract class He extends Initializer {
  readonly negativeSlope: number;
  readonly mode: HeMode;
  readonly nonlinearity: string;

  constructor(name: string, negativeSlope: number | null, mode: HeMode, nonlinearity: string) {
    super();
    this.negativeSlope = checkNumber(name, "negativeSlope", negativeSlope ?? 0.01);
    this.mode = text(mode).toLowerCase() as HeMode;
    if (this.mode !== "fan_in" && this.mode !== "fan_out")
      throw new OptionError(`For '${name}', 'mode' ${mode} not supported, please use one of ['fan_in', 'fan_out'].`);
    if (![...LINEAR, "tanh", "relu", "leaky_relu"].includes(nonlinearity))
      throw new OptionError(
        `For '${name}', the argument 'nonlinearity' should be one of ['sigmoid', 'tanh', 'relu' or 'leaky_relu'], but got ${text(nonlinearity)}.`,
      );
    this.nonlinearity = nonlinearity;
  }

  protected get options(): KaimingOptions {
    const { negativeSlope: a, mode, nonlinearity } = this;
    return { a, mode, nonlinearity: LINEAR.includes(nonlinearity) ? "linear" : (nonlinearity as "relu") };
  }
}

/**
 * Uniform within ±gain · √(3/fan): `"heuniform"`, `"he_uniform"`. The gain of `"leaky_relu"` is √(2/(1 + negativeSlope²)).
 *
 * By name the slope is 0, ±√(6/fanIn). A convolution's default is `new HeUniform(Math.sqrt(5))`, ±1/√fanIn and √6 times narrower.
 */
export class HeUniform extends He {
  constructor(negativeSlope: number | null = 0, mode: HeMode = "fan_in", nonlinearity = "leaky_relu") {
    super("HeUniform", negativeSlope, mode, nonlinearity);
  }

  override fill(parameter: Parameter): void {
    checkedFans("HeUniform", parameter.shape);
    kaimingUniform(parameter, this.options);
  }
}

/** Normal with standard deviation gain / √fan: `"henormal"`, `"he_normal"`. */
export class HeNormal extends He {
  constructor(negativeSlope: number | null = 0, mode: HeMode = "fan_in", nonlinearity = "leaky_relu") {
    super("HeNormal", negativeSlope, mode, nonlinearity);
  }

  override fill(parameter: Parameter): void {
    checkedFans("HeNormal", parameter.shape);
    kaimingNormal(parameter, this.options);
  }
}
