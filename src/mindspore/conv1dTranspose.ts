import { convTranspose1dLengths } from "../core/geometry.ts";
import type { Tensor } from "../graph/tensor.ts";
import { convolveTransposed } from "../ops/convolution/convTranspose1d.ts";
import { Conv, type ConvKind, type ConvOptions } from "./conv.ts";

const kind: ConvKind = {
  name: "Conv1dTranspose",
  groupFirst: false,
  shape: (inChannels, outChannels, group, kernelSize) => [inChannels, outChannels / group, kernelSize],
  // A kernel shorter than the stride ends before the last stride does: "same" and "valid" fill that up.
  outputPadding: (padMode, ke, stride) => (padMode === "pad" ? 0 : Math.max(stride - ke, 0)),
};

/**
 * MindSpore's classic `nn.Conv1dTranspose`: the adjoint of its `Conv1d` with the same options, then the bias (also where no tap
 * reaches). `(N, inChannels, L)` to `(N, outChannels, L′)`; an input without a batch axis is refused.
 *
 * With ke = dilation · (kernelSize − 1) + 1, L′ is, by `padMode`,
 * - `"same"` (the default): L·stride, the full result cropped by max(ke − stride, 0), the odd sample at the end. MindSpore's page
 *   has (L + stride − 1)/stride, which is Conv1d's length; every version from 0.7 to 2.7 gives L·stride;
 * - `"valid"`: (L−1)·stride + max(ke, stride). The page has (L−1)·stride + ke, wrong where ke < stride;
 * - `"pad"`: (L−1)·stride − 2·padding + ke.
 *
 * `weight` is `(inChannels, outChannels/group, kernelSize)`, `bias` `(outChannels)` or null. MindSpore keeps a dummy axis,
 * `(inChannels, outChannels/group, 1, kernelSize)`; here that is a matter of its checkpoint format, the order of numbers is the same.
 *
 * @example new Conv1dTranspose(3, 64, 4, { padMode: "pad" }) // (1, 3, 50) → (1, 64, 53)
 *
 * Source: https://www.mindspore.cn/docs/en/r2.7.0/api_python/nn/mindspore.nn.Conv1dTranspose.html
 * @throws OptionTypeError, OptionError with MindSpore's sentences, at construction
 */
export class Conv1dTranspose extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: number, options?: ConvOptions) {
    super(kind, inChannels, outChannels, kernelSize, options);
  }

  protected override convolve(x: Tensor): Tensor {
    return convolveTransposed("Conv1dTranspose", x, this.weight, this.bias, this.settings);
  }

  /** The length that `forward` gives for an input of `length` samples. */
  outputLength(length: number): number {
    return convTranspose1dLengths("Conv1dTranspose", this.settings, this.kernelSize, length).outputLength;
  }
}
