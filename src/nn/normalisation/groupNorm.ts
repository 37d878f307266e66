import { OptionError, ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkInteger, checkOptions } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ones, zeros } from "../../ops/create.ts";
import { checkTensor } from "../../ops/elementwise/operand.ts";
import { normaliseGroups } from "../../ops/normalisation/groupNorm.ts";
import { checkEps } from "../../ops/normalisation/standardise.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { pythonBool, pythonNumber } from "../repr.ts";

export interface GroupNormOptions extends DTypeOption {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether there is a learned factor and summand per channel. Default true. */
  affine?: boolean;
}

/**
 * Normalises each of `numGroups` groups of channels of each signal, over its channels and time, then scales and shifts each
 * channel: `(N, C, …)` to the same shape.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super();
    checkOptions("GroupNorm", options, ["eps", "affine", "dtype"]);
    const dtype = layerDType("GroupNorm", options);
    const { affine = true } = options;
    this.numGroups = checkInteger("GroupNorm", "numGroups", numGroups, 1);
    this.numChannels = checkInteger("GroupNorm", "numChannels", numChannels, 1);
    if (this.numChannels % this.numGroups !== 0)
      throw new OptionError(`GroupNorm: numChannels ${numChannels} must be divisible by numGroups ${numGroups}`);
    this.eps = checkEps("GroupNorm", options.eps);
    this.affine = checkBoolean("GroupNorm", "affine", affine);
    this.weight = affine ? new Parameter(ones([this.numChannels], { dtype })) : null;
    this.bias = affine ? new Parameter(zeros([this.numChannels], { dtype })) : null;
    this.knowParameters();
  }

  override forward(x: Tensor): Tensor {
    checkTensor("GroupNorm", x);
    if (x.shape[1] !== this.numChannels)
      throw new ShapeError(
        `GroupNorm: expected an input (batch, ${this.numChannels}, …), got shape ${showShape(x.shape)}`,
      );
    return normaliseGroups("GroupNorm", x, this.numGroups, this);
  }

  protected override extraRepr(): string {
    const { numGroups, numChannels, eps, affine } = this;
    return `${numGroups}, ${numChannels}, eps=${pythonNumber(eps)}, affine=${pythonBool(affine)}`;
  }
}
