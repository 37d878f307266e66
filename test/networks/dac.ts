import { nn, type Tensor } from "atrous";
import { normed } from "./normed.ts";

export interface DacOptions {
  /** Channels of the encoder at the signal's rate, doubled by each downsampling. Default 64. */
  encoderChannels?: number;
  /** Strides in the order of the encoder. Default 2, 4, 8, 8 (44.1 kHz); 2, 4, 5, 8 for 24 kHz. */
  strides?: readonly number[];
  /** Channels of a frame. Default those of the last downsampling. */
  latentChannels?: number;
  /** Channels of the decoder at the frames' rate, halved by each upsampling. Default 1536. */
  decoderChannels?: number;
  /** Whether convolutions keep the length; if not, skips are cropped, as for inference in chunks. Default true. */
  padded?: boolean;
  weightNorm?: boolean;
}

function settingsOf(options: DacOptions): Required<DacOptions> {
  const { encoderChannels = 64, strides = [2, 4, 8, 8], decoderChannels = 1536 } = options;
  const { latentChannels = encoderChannels * 2 ** strides.length, padded = true, weightNorm = false } = options;
  return { encoderChannels, strides, latentChannels, decoderChannels, padded, weightNorm };
}

/** Makes the convolutions of one network: all padded or none, all weight-normed or none. */
class Maker {
  readonly #padded: boolean;
  readonly #weightNorm: boolean;

  constructor({ padded, weightNorm }: { padded: boolean; weightNorm: boolean }) {
    this.#padded = padded;
    this.#weightNorm = weightNorm;
  }

  conv(inChannels: number, outChannels: number, kernelSize: number, { dilation = 1 } = {}): nn.Conv1d {
    const padding = this.#padded ? (dilation * (kernelSize - 1)) / 2 : 0;
    return normed(new nn.Conv1d(inChannels, outChannels, kernelSize, { dilation, padding }), this.#weightNorm);
  }

  down(inChannels: number, outChannels: number, stride: number): nn.Conv1d {
    const options = { stride, padding: this.#padded ? Math.ceil(stride / 2) : 0 };
    return normed(new nn.Conv1d(inChannels, outChannels, 2 * stride, options), this.#weightNorm);
  }

  up(inChannels: number, outChannels: number, stride: number): nn.ConvTranspose1d {
    const options = { stride, padding: this.#padded ? Math.ceil(stride / 2) : 0 };
    return normed(new nn.ConvTranspose1d(inChannels, outChannels, 2 * stride, options), this.#weightNorm);
  }
}

class ResidualUnit extends nn.Module {
  readonly block: nn.Sequential;

  constructor(make: Maker, channels: number, dilation: number) {
    super();
    this.block = new nn.Sequential(
      new nn.Snake(channels),
      make.conv(channels, channels, 7, { dilation }),
      new nn.Snake(channels),
      make.conv(channels, channels, 1),
    );
  }

  override forward(x: Tensor): Tensor {
    const y = this.block.forward(x);
    const crop = Math.floor((x.shape[2]! - y.shape[2]!) / 2);
    return x.slice(2, crop, x.shape[2]! - crop).add(y);
  }
}

const units = (make: Maker, channels: number): nn.Module[] =>
  [1, 3, 9].map((dilation) => new ResidualUnit(make, channels, dilation));

/** A module that is a sequence and called `block`, as in the checkpoints. */
class Block extends nn.Module {
  readonly block: nn.Sequential;

  constructor(...layers: nn.Module[]) {
    super();
    this.block = new nn.Sequential(...layers);
  }

  override forward(x: Tensor): Tensor {
    return this.block.forward(x);
  }
}

/**
 * The encoder of the Descript audio codec: `(N, 1, L)` to `(N, latentChannels, L / ∏ strides)`. As published 22.3 M parameters at
 * 44.1 kHz, 21.5 M at 24 kHz.
 *
 * Kumar et al. 2023, https://arxiv.org/abs/2306.06546; `dac/model/dac.py` of https://github.com/descriptinc/descript-audio-codec
 */
export class DacEncoder extends Block {
  constructor(options: DacOptions = {}) {
    const settings = settingsOf(options);
    const { encoderChannels, strides, latentChannels } = settings;
    const make = new Maker(settings);
    const widest = encoderChannels * 2 ** strides.length;
    super(
      make.conv(1, encoderChannels, 7),
      ...strides.map((stride, i) => {
        const narrow = encoderChannels * 2 ** i;
        return new Block(...units(make, narrow), new nn.Snake(narrow), make.down(narrow, 2 * narrow, stride));
      }),
      new nn.Snake(widest),
      make.conv(widest, latentChannels, 3),
    );
  }
}

/**
 * The decoder of the Descript audio codec: `(N, latentChannels, T)` to waveforms. As published 54.1 M parameters at 44.1 kHz,
 * 52.3 M at 24 kHz.
 *
 * Its upsampling has no output padding, so an odd stride s gives one sample less than s times the length: with strides 8, 5, 4, 2
 * 75 frames become 23 992 samples, not 24 000. See `DacEncoder`.
 */
export class DacDecoder extends nn.Module {
  readonly model: nn.Sequential;

  constructor(options: DacOptions = {}) {
    super();
    const settings = settingsOf(options);
    const { strides, latentChannels, decoderChannels } = settings;
    const make = new Maker(settings);
    const narrowest = decoderChannels / 2 ** strides.length;
    this.model = new nn.Sequential(
      make.conv(latentChannels, decoderChannels, 7),
      ...strides.toReversed().map((stride, i) => {
        const wide = decoderChannels / 2 ** i;
        return new Block(new nn.Snake(wide), make.up(wide, wide / 2, stride), ...units(make, wide / 2));
      }),
      new nn.Snake(narrowest),
      make.conv(narrowest, 1, 7),
      new nn.Tanh(),
    );
  }

  override forward(z: Tensor): Tensor {
    return this.model.forward(z);
  }
}
