import { checkInteger, checkOptions } from "../../core/options.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { snake } from "../../ops/activations/snake.ts";
import { ones } from "../../ops/create.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";

/**
 * `x + sin²(alpha·x) / (alpha + 1e-9)` with one learned frequency per channel, see `F.snake`. `alpha` is `(1, channels, 1)` and
 * starts from 1: the `Snake1d` of https://github.com/descriptinc/descript-audio-codec, whose checkpoints it loads.
 */
export class Snake extends Module {
  readonly channels: number;
  alpha: Parameter;

  constructor(channels: number, options: DTypeOption = {}) {
    super();
    checkOptions("Snake", options, ["dtype"]);
    this.channels = checkInteger("Snake", "channels", channels, 1);
    const dtype = layerDType("Snake", options);
    this.alpha = new Parameter(ones([1, this.channels, 1], { dtype }));
    this.knowParameters();
  }

  override forward(x: Tensor): Tensor {
    return snake(x, this.alpha);
  }

  protected override extraRepr(): string {
    return String(this.channels);
  }
}
