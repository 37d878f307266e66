import { checkBoolean, checkInteger, checkOptions } from "../../core/options.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ones, zeros } from "../../ops/create.ts";
import { checkNormalizedShape, normaliseChannels, normaliseLast } from "../../ops/normalisation/layerNorm.ts";
import { checkEps } from "../../ops/normalisation/standardise.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { pythonBool, pythonNumber, pythonTuple } from "../repr.ts";

export interface LayerNormOptions extends DTypeOption {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether there is a learned factor (and summand) per element. Default true. */
  elementwiseAffine?: boolean;
  /** Whether `elementwiseAffine` includes a summand. Default true. */
  bias?: boolean;
}

/**
 * Normalises over the last axes, of lengths `normalizedShape`, then scales and shifts every element.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: number | readonly number[], options: LayerNormOptions = {}) {
    super();
    checkOptions("LayerNorm", options, ["eps", "elementwiseAffine", "bias", "dtype"]);
    const dtype = layerDType("LayerNorm", options);
    const shape = checkNormalizedShape("LayerNorm", normalizedShape);
    const { elementwiseAffine = true, bias = true } = options;
    checkBoolean("LayerNorm", "bias", bias);
    this.normalizedShape = shape;
    this.eps = checkEps("LayerNorm", options.eps);
    this.elementwiseAffine = checkBoolean("LayerNorm", "elementwiseAffine", elementwiseAffine);
    this.weight = elementwiseAffine ? new Parameter(ones(shape, { dtype })) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape, { dtype })) : null;
    this.knowParameters();
  }

  override forward(x: Tensor): Tensor {
    return normaliseLast("LayerNorm", x, this.normalizedShape, this);
  }

  protected override extraRepr(): string {
    const { normalizedShape, eps, elementwiseAffine } = this;
    return `${pythonTuple(normalizedShape)}, eps=${pythonNumber(eps)}, elementwise_affine=${pythonBool(elementwiseAffine)}`;
  }
}

/**
 * `LayerNorm` over the channels of `(N, C, L)` or `(C, L)` at every sample (ours): what PyTorch networks write as transpose,
 * LayerNorm, transpose. Weight and bias are `(C)`, under the names of `LayerNorm`, so its state dicts load.
 */
export class ChannelNorm extends Module {
  readonly numChannels: number;
  readonly eps: number;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(numChannels: number, options: { eps?: number; affine?: boolean } & DTypeOption = {}) {
    super();
    checkOptions("ChannelNorm", options, ["eps", "affine", "dtype"]);
    const dtype = layerDType("ChannelNorm", options);
    const { affine = true } = options;
    checkBoolean("ChannelNorm", "affine", affine);
    this.numChannels = checkInteger("ChannelNorm", "numChannels", numChannels, 1);
    this.eps = checkEps("ChannelNorm", options.eps);
    this.weight = affine ? new Parameter(ones([this.numChannels], { dtype })) : null;
    this.bias = affine ? new Parameter(zeros([this.numChannels], { dtype })) : null;
    this.knowParameters();
  }

  override forward(x: Tensor): Tensor {
    return normaliseChannels("ChannelNorm", x, this);
  }

  protected override extraRepr(): string {
    return `${this.numChannels}, eps=${pythonNumber(this.eps)}, affine=${pythonBool(this.weight !== null)}`;
  }
}
