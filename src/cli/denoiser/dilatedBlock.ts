import type { Tensor } from "../../graph/tensor.ts";
import * as nn from "../../nn/index.ts";
import { leakyRelu } from "../../ops/activations/rectifiers.ts";
import { add } from "../../ops/elementwise/binary.ts";

/** Hidden units keep a tenth of what is negative, so that none of them dies at the high learning rate of a short training. */
export const hidden = (x: Tensor): Tensor => leakyRelu(x, 0.1);

/**
 * Adds to every channel what a causal convolution of three taps, `dilation` apart, makes of all of them; `(N, channels, L)` to the same.
 *
 * The convolution reads channels normalised at every frame by itself: without that, training diverged at half the learning rate and
 * gained 0.2 dB less.
 */
export class DilatedBlock extends nn.Module {
  readonly norm: nn.ChannelNorm;
  readonly conv: nn.Conv1d;

  constructor(channels: number, dilation: number) {
    super();
    this.norm = new nn.ChannelNorm(channels);
    this.conv = new nn.Conv1d(channels, channels, 3, { dilation, padding: "causal" });
  }

  override forward(x: Tensor): Tensor {
    return add(x, hidden(this.conv.forward(this.norm.forward(x))));
  }
}
