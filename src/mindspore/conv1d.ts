import { conv1dLengths } from "../core/geometry.ts";
import type { Tensor } from "../graph/tensor.ts";
import { convolve } from "../ops/convolution/conv1d.ts";
import { Conv, type ConvKind, type ConvOptions } from "./conv.ts";

const kind: ConvKind = {
  name: "Conv1d",
  groupFirst: true,
  shape: (inChannels, outChannels, group, kernelSize) => [outChannels, inChannels / group, kernelSize],
  outputPadding: () => 0,
};

/**
 * MindSpore's classic `nn.Conv1d` (the 2.x layer with `pad_mode`; `mint.nn.Conv1d` is PyTorch's): `(N, inChannels, L)` to
 * `(N, outChannels, L′)`. An input without a batch axis is refused.
 *
 * With ke = dilation · (kernelSize − 1) + 1, L′ is, by `padMode`,
 * - `"same"` (the default): ⌈L/stride⌉, padded with max(0, (L′−1)·stride + ke − L) zeros, the odd one after the signal. Any stride;
 * - `"valid"`: ⌊(L − ke)/stride⌋ + 1;
 * - `"pad"`: ⌊(L + 2·padding − ke)/stride⌋ + 1.
 *
 * `weight` is `(outChannels, inChannels/group, kernelSize)`, `bias` `(outChannels)` or null. MindSpore keeps a dummy axis,
 * `(outChannels, inChannels/group, 1, kernelSize)`; here that is a matter of its checkpoint format, the order of numbers is the same.
 *
 * Source: https://www.mindspore.cn/docs/en/r2.7.0/api_python/nn/mindspore.nn.Conv1d.html
 * @throws OptionTypeError, OptionError with MindSpore's sentences, at construction
 */
export class Conv1d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: number, options?: ConvOptions) {
    super(kind, inChannels, outChannels, kernelSize, options);
  }

  protected override convolve(x: Tensor): Tensor {
    return convolve("Conv1d", x, this.weight, this.bias, this.settings);
  }

  /** The length that `forward` gives for an input of `length` samples. */
  outputLength(length: number): number {
    return conv1dLengths("Conv1d", this.settings, this.kernelSize, length).outputLength;
  }
}
