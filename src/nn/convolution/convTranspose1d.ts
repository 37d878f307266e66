import { OptionError } from "../../core/errors.ts";
import { type ConvTranspose1dOptions, convTranspose1dLengths, convTranspose1dSettings } from "../../core/geometry.ts";
import { checkOptions, type Single } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { convolveTransposed } from "../../ops/convolution/convTranspose1d.ts";
import { skipInit } from "../init/fill.ts";
import { Conv1d } from "./conv1d.ts";
import { Convolution } from "./convolution.ts";
import { LAYER_OPTIONS, type LayerOptions } from "./options.ts";

export type ConvTranspose1dLayerOptions = ConvTranspose1dOptions & LayerOptions;

/**
 * The adjoint of a convolution, plus a bias: `(N, inChannels, L)` or `(inChannels, L)` to `(N, outChannels, L′)`,
 * `L′ = (L−1)·stride + dilation·(kernelSize−1) + 1 − padBefore − padAfter + outputPadding`.
 *
 * `weight` is `(inChannels, outChannels/groups, kernelSize)`: the very array of the `Conv1d` it is the adjoint of. All four
 * padding modes are the adjoint of that mode; PyTorch has zeros alone. `padding: "causal"` is the adjoint of a causal convolution
 * and looks ahead; a causal upsampler is `padding: [0, effectiveKernelSize − stride]`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 */
export class ConvTranspose1d extends Convolution {
  constructor(inChannels: number, outChannels: number, kernelSize: Single, options: ConvTranspose1dLayerOptions = {}) {
    const settings = convTranspose1dSettings("ConvTranspose1d", options, LAYER_OPTIONS);
    super("ConvTranspose1d", "inChannels", { inChannels, outChannels, kernelSize }, options, settings);
  }

  /** `outputLength` is PyTorch's `output_size`: one of the `stride` lengths whose convolution has the length of x. */
  override forward(x: Tensor, options: { outputLength?: Single } = {}): Tensor {
    checkOptions("ConvTranspose1d.forward", options, ["outputLength"]);
    return convolveTransposed("ConvTranspose1d", x, this.weight, this.bias, this.settings, options.outputLength);
  }

  /** The length that `forward` gives for an input of `length` samples. */
  outputLength(length: number): number {
    return convTranspose1dLengths("ConvTranspose1d", this.settings, this.kernelSize, length).outputLength;
  }

  /** The convolution that this layer is the adjoint of, sharing the weight as `Conv1d.transposed` does, without a bias. */
  transposed(): Conv1d {
    const { stride, dilation, outputPadding } = this.settings;
    if (outputPadding >= stride)
      throw new OptionError(
        `ConvTranspose1d.transposed: with outputPadding ${outputPadding} ≥ stride ${stride} (dilation ${dilation}) the layer is the adjoint of a convolution that drops outputs, which no Conv1d is`,
      );
    const all = { ...this.pairOptions(), bias: false };
    return this.lendWeight(skipInit(() => new Conv1d(this.outChannels, this.inChannels, this.kernelSize, all)));
  }
}
