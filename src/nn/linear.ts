import { checkBoolean, checkInteger, checkOptions } from "../core/options.ts";
import { Parameter } from "../graph/parameter.ts";
import type { Tensor } from "../graph/tensor.ts";
import { zeros } from "../ops/create.ts";
import { linearly } from "../ops/linear/linear.ts";
import { linearDefault } from "./init/fans.ts";
import { Module } from "./module.ts";
import { type DTypeOption, layerDType } from "./options.ts";
import { pythonBool } from "./repr.ts";

export interface LinearOptions extends DTypeOption {
  /** Whether the layer adds a learned number per feature. Default true. */
  bias?: boolean;
}

/**
 * `y = x · weightᵀ + bias` on the last axis: `(…, inFeatures)` to `(…, outFeatures)`.
 *
 * `weight` is `(outFeatures, inFeatures)`, `bias` `(outFeatures)`; both start uniform within `±1/√inFeatures`, PyTorch's numbers
 * for the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkOptions("Linear", options, ["bias", "dtype"]);
    const dtype = layerDType("Linear", options);
    this.inFeatures = checkInteger("Linear", "inFeatures", inFeatures, 1);
    this.outFeatures = checkInteger("Linear", "outFeatures", outFeatures, 1);
    const { bias = true } = options;
    checkBoolean("Linear", "bias", bias);
    this.weight = new Parameter(zeros([this.outFeatures, this.inFeatures], { dtype }));
    this.bias = bias ? new Parameter(zeros([this.outFeatures], { dtype })) : null;
    this.knowParameters();
    linearDefault(this.weight, this.bias);
  }

  override forward(x: Tensor): Tensor {
    return linearly("Linear", x, this.weight, this.bias);
  }

  protected override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${pythonBool(bias !== null)}`;
  }
}
