import { ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkInteger, checkOptions } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ones, zeros } from "../../ops/create.ts";
import { normaliseCumulatively } from "../../ops/normalisation/cumulativeNorm.ts";
import { checkEps } from "../../ops/normalisation/standardise.ts";
import { checkSignal } from "../../ops/signal.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { pythonBool, pythonNumber } from "../repr.ts";

export interface CumulativeNormOptions extends DTypeOption {
  /** Added to the variance. Default 1e-5, as in the other norms; networks in the wake of Conv-TasNet take 1e-8. */
  eps?: number;
  /** Whether there is a learned factor and summand per channel. Default true. */
  affine?: boolean;
}

/**
 * Cumulative layer normalisation (cLN) of `(N, C, L)` or `(C, L)`: every sample is normalised by mean and variance over all channels
 * and over time up to itself, then each channel is scaled and shifted. The causal relative of `GroupNorm(1, channels)`, with the same
 * parameters; see `F.cumulativeNorm`.
 *
 * Source: Luo & Mesgarani 2019, https://arxiv.org/abs/1809.07454 (Conv-TasNet)
 */
export class CumulativeNorm extends Module {
  readonly channels: number;
  readonly eps: number;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(channels: number, options: CumulativeNormOptions = {}) {
    super();
    checkOptions("CumulativeNorm", options, ["eps", "affine", "dtype"]);
    const dtype = layerDType("CumulativeNorm", options);
    const { affine = true } = options;
    checkBoolean("CumulativeNorm", "affine", affine);
    this.channels = checkInteger("CumulativeNorm", "channels", channels, 1);
    this.eps = checkEps("CumulativeNorm", options.eps);
    this.weight = affine ? new Parameter(ones([this.channels], { dtype })) : null;
    this.bias = affine ? new Parameter(zeros([this.channels], { dtype })) : null;
    this.knowParameters();
  }

  override forward(x: Tensor): Tensor {
    checkSignal("CumulativeNorm", x);
    if (x.shape.at(-2) !== this.channels)
      throw new ShapeError(
        `CumulativeNorm: expected ${this.channels} channels, got ${x.shape.at(-2)} (input ${showShape(x.shape)})`,
      );
    return normaliseCumulatively("CumulativeNorm", x, this);
  }

  protected override extraRepr(): string {
    return `${this.channels}, eps=${pythonNumber(this.eps)}, affine=${pythonBool(this.weight !== null)}`;
  }
}
