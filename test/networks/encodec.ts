import { nn, type Tensor } from "atrous";
import { normed } from "./normed.ts";
import { TimeLstm } from "./timeLstm.ts";

export interface EncodecOptions {
  /** Channels of the signal. Default 1. */
  channels?: number;
  /** Channels of a frame. Default 128. */
  dimension?: number;
  /** Channels at the signal's rate, doubled by each downsampling. Default 32. */
  filters?: number;
  /** Strides in the order of the decoder. Default 8, 5, 4, 2: 320 samples per frame. */
  ratios?: readonly number[];
  /** Layers of the LSTM; 0 for none. Default 2. */
  lstmLayers?: number;
  weightNorm?: boolean;
}

function settingsOf(options: EncodecOptions): Required<EncodecOptions> {
  const { channels = 1, dimension = 128, filters = 32, ratios = [8, 5, 4, 2] } = options;
  const { lstmLayers = 2, weightNorm = false } = options;
  return { channels, dimension, filters, ratios, lstmLayers, weightNorm };
}

/**
 * A causal convolution: reflects `kernelSize − stride` samples at the beginning, none at the end. (The published one adds zeros at
 * the end until the last window is full, which changes nothing when L is a multiple of the stride.)
 */
const causal = (inChannels: number, outChannels: number, kernelSize: number, stride: number, weightNorm: boolean) =>
  normed(
    new nn.Conv1d(inChannels, outChannels, kernelSize, {
      stride,
      padding: [kernelSize - stride, 0],
      paddingMode: "reflect",
    }),
    weightNorm,
  );

/** A causal upsampling: all that exceeds `stride` times the length is cut off at the end. */
const causalUp = (inChannels: number, outChannels: number, stride: number, weightNorm: boolean) =>
  normed(new nn.ConvTranspose1d(inChannels, outChannels, 2 * stride, { stride, padding: [0, stride] }), weightNorm);

class ResnetBlock extends nn.Module {
  readonly block: nn.Sequential;
  readonly shortcut: nn.Conv1d;

  constructor(channels: number, weightNorm: boolean) {
    super();
    this.block = new nn.Sequential(
      new nn.ELU(),
      causal(channels, channels / 2, 3, 1, weightNorm),
      new nn.ELU(),
      causal(channels / 2, channels, 1, 1, weightNorm),
    );
    this.shortcut = causal(channels, channels, 1, 1, weightNorm);
  }

  override forward(x: Tensor): Tensor {
    return this.shortcut.forward(x).add(this.block.forward(x));
  }
}

/** An LSTM with a skip over it. */
class SkippedLstm extends TimeLstm {
  override forward(x: Tensor): Tensor {
    return super.forward(x).add(x);
  }
}

const recurrent = (channels: number, layers: number): nn.Module[] =>
  layers === 0 ? [] : [new SkippedLstm(channels, channels, layers)];

/**
 * The SEANet encoder of EnCodec, causal: `(N, channels, L)` to `(N, dimension, ⌊L / ∏ ratios⌋)`. As published for 24 kHz 7.42 M
 * parameters, 320 samples per frame. The last reflection needs 7 frames.
 *
 * Défossez et al. 2022, https://arxiv.org/abs/2210.13438; `encodec/modules/seanet.py` of https://github.com/facebookresearch/encodec
 */
export class EncodecEncoder extends nn.Module {
  readonly model: nn.Sequential;

  constructor(options: EncodecOptions = {}) {
    super();
    const { channels, dimension, filters, ratios, lstmLayers, weightNorm } = settingsOf(options);
    const widest = filters * 2 ** ratios.length;
    this.model = new nn.Sequential(
      causal(channels, filters, 7, 1, weightNorm),
      ...ratios.toReversed().flatMap((ratio, i) => {
        const narrow = filters * 2 ** i;
        const down = causal(narrow, 2 * narrow, 2 * ratio, ratio, weightNorm);
        return [new ResnetBlock(narrow, weightNorm), new nn.ELU(), down];
      }),
      ...recurrent(widest, lstmLayers),
      new nn.ELU(),
      causal(widest, dimension, 7, 1, weightNorm),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.model.forward(x);
  }
}

/**
 * The SEANet decoder of EnCodec, causal: `(N, dimension, T)` to `(N, channels, T · ∏ ratios)`. As published for 24 kHz 7.42 M
 * parameters. See `EncodecEncoder`.
 */
export class EncodecDecoder extends nn.Module {
  readonly model: nn.Sequential;

  constructor(options: EncodecOptions = {}) {
    super();
    const { channels, dimension, filters, ratios, lstmLayers, weightNorm } = settingsOf(options);
    const widest = filters * 2 ** ratios.length;
    this.model = new nn.Sequential(
      causal(dimension, widest, 7, 1, weightNorm),
      ...recurrent(widest, lstmLayers),
      ...ratios.flatMap((ratio, i) => {
        const wide = widest / 2 ** i;
        const up = causalUp(wide, wide / 2, ratio, weightNorm);
        return [new nn.ELU(), up, new ResnetBlock(wide / 2, weightNorm)];
      }),
      new nn.ELU(),
      causal(filters, channels, 7, 1, weightNorm),
    );
  }

  override forward(z: Tensor): Tensor {
    return this.model.forward(z);
  }
}
