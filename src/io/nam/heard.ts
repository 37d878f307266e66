import type { Tensor } from "../../graph/tensor.ts";
import type { Conv1d } from "../../nn/convolution/conv1d.ts";
import { convolve } from "../../ops/convolution/conv1d.ts";
import { add, sub } from "../../ops/elementwise/binary.ts";
import { sum } from "../../ops/reduce/sum.ts";
import { pad } from "../../ops/shape/pad.ts";

/**
 * A signal within the network, (N, C, L), and what it has been for ever before, (1, C, 1): what the network makes of silence, which biases
 * keep from being zero. Zeros before every layer would be another beginning, heard as a thump.
 */
export interface Heard {
  readonly live: Tensor;
  readonly silent: Tensor;
}

/** What is computed moment by moment, of one signal or of two. */
export const each = (x: Heard, f: (x: Tensor, other: Tensor) => Tensor, other: Heard = x): Heard => ({
  live: f(x.live, other.live),
  silent: f(x.silent, other.silent),
});

/**
 * A causal convolution, of as many samples as there are, by a layer without padding. Zeros before what differs from silence are silence
 * before the signal; of silence itself every tap hears the same.
 */
export function causal(conv: Conv1d, x: Heard): Heard {
  const before = conv.settings.dilation * (conv.kernelSize - 1);
  if (before === 0) return each(x, (signal) => conv.forward(signal));
  const taps = sum(conv.weight, [2], { keepDim: true });
  return {
    live: conv.forward(add(pad(sub(x.live, x.silent), [before, 0]), x.silent)),
    silent: convolve("NamWaveNet", x.silent, taps, conv.bias, { ...conv.settings, dilation: 1 }),
  };
}
