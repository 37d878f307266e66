import type { Tensor } from "../graph/tensor.ts";
import {
  type InterpolateOptions,
  type Interpolation,
  interpolated,
  interpolation,
} from "../ops/resample/interpolate.ts";
import { Module } from "./module.ts";
import { pythonFloat } from "./repr.ts";

/**
 * The signal with more (or fewer) samples, repeated or interpolated: `(N, C, L)` to `(N, C, size)` or
 * `(N, C, ⌊L · scaleFactor⌋)`; see `F.interpolate`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 */
export class Upsample extends Module {
  readonly interpolation: Interpolation;

  constructor(options: InterpolateOptions) {
    super();
    this.interpolation = interpolation("Upsample", options);
  }

  override forward(x: Tensor): Tensor {
    return interpolated("Upsample", x, this.interpolation);
  }

  protected override extraRepr(): string {
    const { size, scaleFactor, mode } = this.interpolation;
    return `${scaleFactor === null ? `size=${size}` : `scale_factor=${pythonFloat(scaleFactor)}`}, mode=${mode}`;
  }
}
