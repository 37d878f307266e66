import { checkInteger, checkOptions } from "../../core/options.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { prelu } from "../../ops/activations/rectifiers.ts";
import { full } from "../../ops/create.ts";
import { Module } from "../module.ts";
import { checkFinite, type DTypeOption, layerDType } from "../options.ts";
import type { Shorthand } from "./activation.ts";

export interface PReLUOptions extends DTypeOption {
  /** 1, for one slope for all, or the number of channels (axis 1). Default 1. */
  numParameters?: number;
  /** What the slopes start from. Default 0.25. */
  init?: number;
}

/**
 * `x` where x > 0, `weight · x` elsewhere, see `F.prelu`. `weight` is `(numParameters)`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 */
export class PReLU extends Module {
  readonly numParameters: number;
  weight: Parameter;

  constructor(given: Shorthand<PReLUOptions> = {}) {
    super();
    const options = typeof given === "number" ? { numParameters: given } : given;
    checkOptions("PReLU", options, ["numParameters", "init", "dtype"]);
    const { numParameters = 1, init = 0.25 } = options;
    const dtype = layerDType("PReLU", options);
    this.numParameters = checkInteger("PReLU", "numParameters", numParameters, 1);
    this.weight = new Parameter(full([this.numParameters], checkFinite("PReLU", "init", init), { dtype }));
    this.knowParameters();
  }

  override forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }

  protected override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}
