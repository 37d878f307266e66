import type { Tensor } from "../../graph/tensor.ts";
import * as nn from "../../nn/index.ts";
import { add, mul, sub } from "../../ops/elementwise/binary.ts";
import { relu, sigmoid } from "../../ops/elementwise/unary.ts";
import { chunk, slice } from "../../ops/shape/slice.ts";

/** What a denoiser is built from; saved beside its weights. */
export interface WaveUNetOptions {
  /** Channels of the first level. */
  channels: number;
  /** Levels, each shortening time by `stride`. */
  depth: number;
  /** Most channels of any level. */
  maxChannels: number;
}

const KERNEL_SIZE = 8;
const STRIDE = 4;

/** Half of the channels, gated by the other half: `a · σ(b)`. Dauphin et al. 2017. */
const gated = (x: Tensor): Tensor => {
  const [a, b] = chunk(x, 2, -2) as [Tensor, Tensor];
  return mul(a, sigmoid(b));
};

/** Down: a strided convolution that looks back only, then a gated mix of channels. */
class Encoder extends nn.Module {
  readonly down: nn.Conv1d;
  readonly mix: nn.Conv1d;

  constructor(inChannels: number, outChannels: number) {
    super();
    // The last window may run past the end: 3 samples more than `kernelSize − stride` make ⌈length / stride⌉ frames.
    this.down = new nn.Conv1d(inChannels, outChannels, KERNEL_SIZE, {
      stride: STRIDE,
      padding: [KERNEL_SIZE - STRIDE, STRIDE - 1],
    });
    this.mix = new nn.Conv1d(outChannels, 2 * outChannels, 1);
  }

  override forward(x: Tensor): Tensor {
    return gated(this.mix.forward(relu(this.down.forward(x))));
  }
}

/** Up: the mirror image, with a transposed convolution whose overlap is cut at the end, so that it does not look ahead. */
class Decoder extends nn.Module {
  readonly mix: nn.Conv1d;
  readonly up: nn.ConvTranspose1d;

  constructor(inChannels: number, outChannels: number) {
    super();
    this.mix = new nn.Conv1d(inChannels, 2 * inChannels, 1);
    this.up = new nn.ConvTranspose1d(inChannels, outChannels, KERNEL_SIZE, {
      stride: STRIDE,
      padding: [0, KERNEL_SIZE - STRIDE],
    });
  }

  override forward(x: Tensor): Tensor {
    return this.up.forward(gated(this.mix.forward(x)));
  }
}

/**
 * A small Wave-U-Net (Stoller et al. 2018) with the gated blocks of Demucs (Défossez et al. 2019): strided convolutions down,
 * transposed ones up, skips by addition; `(N, 1, L)` to `(N, 1, L)`. It estimates the noise, which is taken off the input.
 *
 * Nothing looks ahead but the strides themselves: output sample t needs input up to the end of its block of `stride ** depth`.
 */
export class WaveUNet extends nn.Module {
  readonly encoder: Encoder[] = [];
  readonly decoder: Decoder[] = [];
  readonly options: WaveUNetOptions;

  constructor(options: WaveUNetOptions) {
    super();
    this.options = options;
    const { channels, depth, maxChannels } = options;
    const at = (level: number): number => (level === 0 ? 1 : Math.min(channels * 2 ** (level - 1), maxChannels));
    for (let level = 0; level < depth; level++) {
      this.encoder.push(new Encoder(at(level), at(level + 1)));
      this.decoder.unshift(new Decoder(at(level + 1), at(level)));
    }
  }

  /** Samples an output can wait for: those of its block that are still to come. */
  get lookahead(): number {
    return STRIDE ** this.options.depth - 1;
  }

  override forward(x: Tensor): Tensor {
    const levels = [x];
    for (const encoder of this.encoder) levels.push(encoder.forward(levels.at(-1)!));
    let y = levels.pop()!;
    for (const [i, decoder] of this.decoder.entries()) {
      const skip = levels.pop()!;
      const up = slice(decoder.forward(y), -1, 0, skip.shape.at(-1)!);
      y = i < this.decoder.length - 1 ? add(skip, relu(up)) : sub(skip, up);
    }
    return y;
  }
}
