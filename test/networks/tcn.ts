import { nn, type Tensor } from "atrous";
import { normed } from "./normed.ts";

export interface TcnOptions {
  /** Default 1. */
  inputChannels?: number;
  /** Output channels of each block. Default 8 × 25, the sequential MNIST model. */
  channels?: readonly number[];
  /** Default 7. */
  kernelSize?: number;
  /** Default 0; published 0.2 or less. */
  dropout?: number;
  weightNorm?: boolean;
}

interface BlockOptions {
  kernelSize: number;
  dilation: number;
  dropout: number;
  weightNorm: boolean;
}

class TemporalBlock extends nn.Module {
  readonly conv1: nn.Conv1d;
  readonly conv2: nn.Conv1d;
  /** A 1×1 convolution on the skip where channels change. */
  readonly downsample: nn.Conv1d | null;
  readonly dropout: nn.Dropout;
  readonly #padding: number;

  constructor(inChannels: number, outChannels: number, { kernelSize, dilation, dropout, weightNorm }: BlockOptions) {
    super();
    this.#padding = (kernelSize - 1) * dilation;
    const options = { dilation, padding: this.#padding };
    this.conv1 = normed(new nn.Conv1d(inChannels, outChannels, kernelSize, options), weightNorm);
    this.conv2 = normed(new nn.Conv1d(outChannels, outChannels, kernelSize, options), weightNorm);
    this.downsample = inChannels === outChannels ? null : new nn.Conv1d(inChannels, outChannels, 1);
    this.dropout = new nn.Dropout(dropout);
  }

  /** Cuts off at the end what looks ahead: padding on both sides without its right half is causal. */
  #chomp(x: Tensor): Tensor {
    return x.slice(2, 0, x.shape[2]! - this.#padding);
  }

  override forward(x: Tensor): Tensor {
    const y = this.dropout.forward(this.#chomp(this.conv1.forward(x)).relu());
    const z = this.dropout.forward(this.#chomp(this.conv2.forward(y)).relu());
    return z.add(this.downsample ? this.downsample.forward(x) : x).relu();
  }
}

/**
 * The temporal convolutional network: causal blocks of two convolutions, dilated 1, 2, 4, …; `(N, inputChannels, L)` to
 * `(N, channels.at(-1), L)`. With 8 blocks of 25 channels and kernel 7 it has 66 k parameters and sees 3061 samples.
 *
 * Bai et al. 2018, https://arxiv.org/abs/1803.01271; `TCN/tcn.py` of https://github.com/locuslab/TCN
 */
export class Tcn extends nn.Module {
  readonly network: nn.Sequential;

  constructor(options: TcnOptions = {}) {
    super();
    const { inputChannels = 1, kernelSize = 7, dropout = 0, weightNorm = false } = options;
    const { channels = new Array<number>(8).fill(25) } = options;
    this.network = new nn.Sequential(
      ...channels.map((outChannels, i) => {
        const inChannels = i === 0 ? inputChannels : channels[i - 1]!;
        return new TemporalBlock(inChannels, outChannels, { kernelSize, dilation: 2 ** i, dropout, weightNorm });
      }),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.network.forward(x);
  }
}
