import { type Conv1dOptions, conv1dLengths, conv1dSettings } from "../../core/geometry.ts";
import { checkInteger, checkOptions, type Single } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { convolve } from "../../ops/convolution/conv1d.ts";
import { skipInit } from "../init/fill.ts";
import { Convolution } from "./convolution.ts";
import { ConvTranspose1d } from "./convTranspose1d.ts";
import { LAYER_OPTIONS, type LayerOptions, remainderOf } from "./options.ts";

export type Conv1dLayerOptions = Conv1dOptions & LayerOptions;

/**
 * A convolution over time: `(N, inChannels, L)` or `(inChannels, L)` to `(N, outChannels, L′)`,
 * `L′ = ⌊(L + padBefore + padAfter − dilation·(kernelSize−1) − 1) / stride⌋ + 1`.
 *
 * `weight` is `(outChannels, inChannels/groups, kernelSize)`, `bias` `(outChannels)`; both start uniform within
 * `±1/√(inChannels/groups · kernelSize)`, PyTorch's numbers for the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 */
export class Conv1d extends Convolution {
  constructor(inChannels: number, outChannels: number, kernelSize: Single, options: Conv1dLayerOptions = {}) {
    const settings = conv1dSettings("Conv1d", options, LAYER_OPTIONS);
    super("Conv1d", "outChannels", { inChannels, outChannels, kernelSize }, options, settings);
  }

  override forward(x: Tensor): Tensor {
    return convolve("Conv1d", x, this.weight, this.bias, this.settings);
  }

  /** The length that `forward` gives for an input of `length` samples. */
  outputLength(length: number): number {
    return conv1dLengths("Conv1d", this.settings, this.kernelSize, length).outputLength;
  }

  /**
   * The adjoint layer, sharing the weight: ⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ but for the bias, which it does not have. With
   * `inputLength` it restores that length by default; otherwise say `forward(y, { outputLength })` when the stride left samples
   * over.
   *
   * The weight always is what it is here: one parameter of both layers, which a network counts once, or, with weight norm (also if
   * applied later), computed from parameters of this layer alone.
   */
  transposed(options: { inputLength?: number } = {}): ConvTranspose1d {
    checkOptions("Conv1d.transposed", options, ["inputLength"]);
    const { inputLength } = options;
    const length = inputLength === undefined ? 0 : checkInteger("Conv1d.transposed", "inputLength", inputLength, 1);
    const outputPadding = length && remainderOf(this.settings, this.kernelSize, length);
    const all = { ...this.pairOptions(), outputPadding, bias: false };
    const layer = skipInit(() => new ConvTranspose1d(this.outChannels, this.inChannels, this.kernelSize, all));
    return this.lendWeight(layer);
  }
}
