import { checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { uniform } from "../../nn/init/index.ts";
import { Initializer } from "./base.ts";

/** Uniform within ±scale: `"uniform"`, which is ±0.07 and not what a bias has by default. */
export class Uniform extends Initializer {
  readonly scale: number;

  constructor(scale = 0.07) {
    super();
    this.scale = checkNumber("Uniform", "scale", scale);
  }

  override fill(parameter: Parameter): void {
    symmetric(parameter, this.scale);
  }
}

/** Uniform within ±bound. MindSpore takes a negative bound, which gives the same distribution. */
export const symmetric = (parameter: Parameter, bound: number): Parameter =>
  uniform(parameter, -Math.abs(bound), Math.abs(bound));
