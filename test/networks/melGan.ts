import { nn, type Tensor } from "atrous";
import { normed } from "./normed.ts";

export interface MelGanOptions {
  /** Channels of the mel spectrogram. Default 80. */
  melChannels?: number;
  /** Channels after the last upsampling; before each there are twice as many. Default 32. */
  channels?: number;
  /** Residual blocks after each upsampling, dilated 1, 3, 9, …. Default 3. */
  residualLayers?: number;
  ratios?: readonly number[];
  weightNorm?: boolean;
}

/** `C1(x) + C1(lrelu(C3(reflect(lrelu(x)))))`: the shortcut is a convolution, too. */
class ResnetBlock extends nn.Module {
  readonly block: nn.Sequential;
  readonly shortcut: nn.Conv1d;

  constructor(channels: number, dilation: number, weightNorm: boolean) {
    super();
    this.block = new nn.Sequential(
      new nn.LeakyReLU(0.2),
      new nn.ReflectionPad1d(dilation),
      normed(new nn.Conv1d(channels, channels, 3, { dilation }), weightNorm),
      new nn.LeakyReLU(0.2),
      normed(new nn.Conv1d(channels, channels, 1), weightNorm),
    );
    this.shortcut = normed(new nn.Conv1d(channels, channels, 1), weightNorm);
  }

  override forward(x: Tensor): Tensor {
    return this.shortcut.forward(x).add(this.block.forward(x));
  }
}

/**
 * The generator of MelGAN, a vocoder: mel spectrogram `(N, melChannels, T)` to waveform `(N, 1, T · ∏ ratios)`, with reflection
 * padding. As published 4.26 M parameters, 22.05 kHz, 256 samples per frame, at least 4 frames (the first padding reflects 3).
 * Names of parameters are the checkpoints'.
 *
 * Kumar et al. 2019, https://arxiv.org/abs/1910.06711; `mel2wav/modules.py` of https://github.com/descriptinc/melgan-neurips
 */
export class MelGan extends nn.Module {
  readonly model: nn.Sequential;

  constructor(options: MelGanOptions = {}) {
    super();
    const { melChannels = 80, channels = 32, residualLayers = 3, ratios = [8, 8, 2, 2], weightNorm = false } = options;
    const widest = channels * 2 ** ratios.length;
    this.model = new nn.Sequential(
      new nn.ReflectionPad1d(3),
      normed(new nn.Conv1d(melChannels, widest, 7), weightNorm),
      ...ratios.flatMap((ratio, i) => {
        const wide = widest / 2 ** i;
        // An odd ratio needs one sample more at the end for exactly `ratio` times the length.
        const exact = { padding: Math.floor(ratio / 2) + (ratio % 2), outputPadding: ratio % 2 };
        const up = new nn.ConvTranspose1d(wide, wide / 2, 2 * ratio, { stride: ratio, ...exact });
        const blocks = Array.from({ length: residualLayers }, (_, j) => new ResnetBlock(wide / 2, 3 ** j, weightNorm));
        return [new nn.LeakyReLU(0.2), normed(up, weightNorm), ...blocks];
      }),
      new nn.LeakyReLU(0.2),
      new nn.ReflectionPad1d(3),
      normed(new nn.Conv1d(channels, 1, 7), weightNorm),
      new nn.Tanh(),
    );
  }

  override forward(mel: Tensor): Tensor {
    return this.model.forward(mel);
  }
}
