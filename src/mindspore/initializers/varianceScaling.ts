import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { normal } from "../../nn/init/index.ts";
import { text } from "../python.ts";
import { Initializer } from "./base.ts";
import { checkedFans } from "./fans.ts";
import { symmetric } from "./uniform.ts";

export type VarianceMode = "fan_in" | "fan_out" | "fan_avg";
export type VarianceDistribution = "uniform" | "truncated_normal" | "untruncated_normal";

/**
 * Variance scale/n, where n is a fan or the mean of both: `"variancescaling"`.
 *
 * `"untruncated_normal"` is normal, `"uniform"` uniform within ±√(3 · scale/n). MindSpore's page says that the default,
 * `"truncated_normal"`, is a truncated normal with that variance; its code compares with another spelling and draws the uniform
 * distribution instead. So it is here.
 */
export class VarianceScaling extends Initializer {
  readonly scale: number;
  readonly mode: VarianceMode;
  readonly distribution: VarianceDistribution;

  constructor(scale = 1, mode: VarianceMode = "fan_in", distribution: VarianceDistribution = "truncated_normal") {
    super();
    const what = "For VarianceScaling initializer, the argument";
    this.scale = checkNumber("VarianceScaling", "scale", scale);
    if (!(scale > 0)) throw new OptionError(`${what} 'scale' must be greater than 0, but got ${scale}.`);
    if (!["fan_in", "fan_out", "fan_avg"].includes(mode))
      throw new OptionError(`${what} 'mode' must be fan_in, fan_out or fan_avg, but got ${text(mode)}.`);
    if (!["uniform", "truncated_normal", "untruncated_normal"].includes(distribution))
      throw new OptionError(
        `${what} 'distribution' must be uniform, truncated_normal or untruncated_normal, but got ${text(distribution)}.`,
      );
    this.mode = mode;
    this.distribution = distribution;
  }

  override fill(parameter: Parameter): void {
    const { fanIn, fanOut } = checkedFans("VarianceScaling", parameter.shape);
    const n = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[this.mode];
    const variance = this.scale / Math.max(n, 1);
    if (this.distribution === "untruncated_normal") normal(parameter, 0, Math.sqrt(variance));
    else symmetric(parameter, Math.sqrt(3 * variance));
  }
}
