import type { Tensor } from "../../graph/tensor.ts";
import { Conv1d } from "../../nn/convolution/conv1d.ts";
import { Module } from "../../nn/module.ts";
import { slice } from "../../ops/shape/slice.ts";
import type { ConvolutionShape, FilmShape } from "./architecture.ts";

/** A convolution without padding. */
export const layerOf = ({ inChannels, outChannels, kernelSize, dilation, groups, bias }: ConvolutionShape): Conv1d =>
  new Conv1d(inChannels, outChannels, kernelSize, { dilation, groups, bias });

/** Channels `from` to `to`. */
export const channels = (x: Tensor, from: number, to: number): Tensor => slice(x, 1, from, to);

/**
 * Feature-wise linear modulation: `scale · x + shift`, both made of the condition, moment by moment. The scales come first among the
 * channels of its convolution.
 */
export class Film extends Module<[Tensor, Tensor]> {
  readonly film: Conv1d;
  readonly shift: boolean;

  constructor({ shift, convolution }: FilmShape) {
    super();
    this.film = layerOf(convolution);
    this.shift = shift;
  }

  override forward(x: Tensor, condition: Tensor): Tensor {
    const made = this.film.forward(condition);
    if (!this.shift) return made.mul(x);
    const width = this.film.outChannels / 2;
    return channels(made, 0, width)
      .mul(x)
      .add(channels(made, width, 2 * width));
  }
}
