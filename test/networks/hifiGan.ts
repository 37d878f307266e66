import { nn, type Tensor } from "atrous";
import { normed } from "./normed.ts";

export interface HifiGanOptions {
  /** Channels of the mel spectrogram. */
  melChannels: number;
  /** Channels before the first upsampling; every upsampling halves them. */
  channels: number;
  upsampleRates: readonly number[];
  upsampleKernels: readonly number[];
  /** 1: three pairs of a dilated and a plain convolution, each with a skip. 2: dilated convolutions alone. */
  resblock: 1 | 2;
  resblockKernels: readonly number[];
  /** Of each kernel. */
  resblockDilations: readonly (readonly number[])[];
  weightNorm?: boolean;
}

/** 13.92 M parameters, 22.05 kHz, 256 samples per mel frame. `config_v1.json` */
export const hifiGanV1: HifiGanOptions = {
  melChannels: 80,
  channels: 512,
  upsampleRates: [8, 8, 2, 2],
  upsampleKernels: [16, 16, 4, 4],
  resblock: 1,
  resblockKernels: [3, 7, 11],
  resblockDilations: [
    [1, 3, 5],
    [1, 3, 5],
    [1, 3, 5],
  ],
};

/** 0.926 M parameters. `config_v2.json` */
export const hifiGanV2: HifiGanOptions = { ...hifiGanV1, channels: 128 };

/** 1.46 M parameters; the dilations of kernels 3, 5, 7 are (1, 2), (2, 6), (3, 12). `config_v3.json` */
export const hifiGanV3: HifiGanOptions = {
  ...hifiGanV1,
  channels: 256,
  upsampleRates: [8, 8, 4],
  upsampleKernels: [16, 16, 8],
  resblock: 2,
  resblockKernels: [3, 5, 7],
  resblockDilations: [
    [1, 2],
    [2, 6],
    [3, 12],
  ],
};

/** A convolution that keeps the length. */
const same = (channels: number, kernel: number, dilation: number, weightNorm: boolean): nn.Conv1d =>
  normed(new nn.Conv1d(channels, channels, kernel, { dilation, padding: (dilation * (kernel - 1)) / 2 }), weightNorm);

class ResBlock1 extends nn.Module {
  readonly convs1: nn.Conv1d[];
  readonly convs2: nn.Conv1d[];
  readonly activation = new nn.LeakyReLU(0.1);

  constructor(channels: number, kernel: number, dilations: readonly number[], weightNorm: boolean) {
    super();
    this.convs1 = dilations.map((dilation) => same(channels, kernel, dilation, weightNorm));
    this.convs2 = dilations.map(() => same(channels, kernel, 1, weightNorm));
  }

  override forward(x: Tensor): Tensor {
    return this.convs1.reduce((y, conv, i) => {
      const inner = conv.forward(this.activation.forward(y));
      return this.convs2[i]!.forward(this.activation.forward(inner)).add(y);
    }, x);
  }
}

class ResBlock2 extends nn.Module {
  readonly convs: nn.Conv1d[];
  readonly activation = new nn.LeakyReLU(0.1);

  constructor(channels: number, kernel: number, dilations: readonly number[], weightNorm: boolean) {
    super();
    this.convs = dilations.map((dilation) => same(channels, kernel, dilation, weightNorm));
  }

  override forward(x: Tensor): Tensor {
    return this.convs.reduce((y, conv) => conv.forward(this.activation.forward(y)).add(y), x);
  }
}

/**
 * The generator of HiFi-GAN, a vocoder: mel spectrogram `(N, melChannels, T)` to waveform `(N, 1, T · ∏ upsampleRates)`. After each
 * upsampling the mean of several residual blocks with different kernels. Names of parameters are the checkpoints'.
 *
 * Kong et al. 2020, https://arxiv.org/abs/2010.05646; `models.py` of https://github.com/jik876/hifi-gan
 */
export class HifiGan extends nn.Module {
  readonly conv_pre: nn.Conv1d;
  readonly ups: nn.ConvTranspose1d[];
  readonly resblocks: nn.Module[];
  readonly conv_post: nn.Conv1d;
  readonly activation = new nn.LeakyReLU(0.1);
  /** The last one has PyTorch's default slope, 0.01. */
  readonly lastActivation = new nn.LeakyReLU();

  constructor(options: HifiGanOptions) {
    super();
    const { melChannels, channels, upsampleRates, upsampleKernels, weightNorm = false } = options;
    const { resblock, resblockKernels, resblockDilations } = options;
    const ResBlock = resblock === 1 ? ResBlock1 : ResBlock2;
    const after = (i: number): number => channels / 2 ** (i + 1);
    this.conv_pre = normed(new nn.Conv1d(melChannels, channels, 7, { padding: 3 }), weightNorm);
    this.ups = upsampleRates.map((stride, i) => {
      const kernel = upsampleKernels[i]!;
      const up = new nn.ConvTranspose1d(2 * after(i), after(i), kernel, { stride, padding: (kernel - stride) / 2 });
      return normed(up, weightNorm);
    });
    this.resblocks = upsampleRates.flatMap((_, i) =>
      resblockKernels.map((kernel, j) => new ResBlock(after(i), kernel, resblockDilations[j]!, weightNorm)),
    );
    this.conv_post = normed(new nn.Conv1d(after(upsampleRates.length - 1), 1, 7, { padding: 3 }), weightNorm);
  }

  override forward(mel: Tensor): Tensor {
    const kernels = this.resblocks.length / this.ups.length;
    let x = this.conv_pre.forward(mel);
    for (const [i, up] of this.ups.entries()) {
      const upsampled = up.forward(this.activation.forward(x));
      const branches = this.resblocks.slice(i * kernels, (i + 1) * kernels).map((block) => block.forward(upsampled));
      x = branches.reduce((sum, branch) => sum.add(branch)).div(kernels);
    }
    return this.conv_post.forward(this.lastActivation.forward(x)).tanh();
  }
}
