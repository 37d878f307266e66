import { checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { xavierNormal, xavierUniform } from "../../nn/init/index.ts";
import { Initializer } from "./base.ts";
import { checkedFans } from "./fans.ts";
import { checkSigma } from "./normal.ts";

/** Uniform within ±gain · √(6/(fanIn + fanOut)) (Glorot & Bengio 2010): `"xavieruniform"`, `"xavier_uniform"`. */
export class XavierUniform extends Initializer {
  readonly gain: number;

  constructor(gain = 1) {
    super();
    this.gain = checkNumber("XavierUniform", "gain", gain);
  }

  override fill(parameter: Parameter): void {
    checkedFans("XavierUniform", parameter.shape);
    xavierUniform(parameter, Math.abs(this.gain));
  }
}

/** Normal with standard deviation gain · √(2/(fanIn + fanOut)): `"xaviernormal"`, `"xavier_normal"`. */
export class XavierNormal extends Initializer {
  readonly gain: number;

  constructor(gain = 1) {
    super();
    this.gain = checkNumber("XavierNormal", "gain", gain);
  }

  override fill(parameter: Parameter): void {
    checkedFans("XavierNormal", parameter.shape);
    checkSigma("XavierNormal", this.gain);
    xavierNormal(parameter, this.gain);
  }
}
