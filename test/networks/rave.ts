import { nn, type Tensor } from "atrous";
import { normed } from "./normed.ts";
import { Pqmf } from "./pqmf.ts";

export interface RaveOptions {
  /** Bands of the filter bank. Default 16. */
  bands?: number;
  /** Channels at the bands' rate, doubled by each downsampling. Default 96. */
  capacity?: number;
  /** Strides in the order of the encoder. Default 4, 4, 4, 2. */
  ratios?: readonly number[];
  /** Dilations of the residual units of each stride. Default three times 1, 3, 9 and once 1, 3. */
  dilations?: readonly (readonly number[])[];
  /** Channels of a frame; the encoder gives a mean and a scale for each. Default 128. */
  latentSize?: number;
  weightNorm?: boolean;
}

function settingsOf(options: RaveOptions): Required<RaveOptions> {
  const { bands = 16, capacity = 96, ratios = [4, 4, 4, 2], latentSize = 128, weightNorm = false } = options;
  const { dilations = ratios.map((_, i) => (i < ratios.length - 1 ? [1, 3, 9] : [1, 3])) } = options;
  return { bands, capacity, ratios, dilations, latentSize, weightNorm };
}

/** A convolution in whose middle the current sample is; for an even kernel one sample more of the future, as `cached_conv` pads. */
function centred(inChannels: number, outChannels: number, kernelSize: number, options: CentredOptions): nn.Conv1d {
  const { stride = 1, dilation = 1, weightNorm } = options;
  const reach = (kernelSize - 1) * dilation;
  const padding = [Math.floor(reach / 2), Math.ceil(reach / 2)] as const;
  const conv = new nn.Conv1d(inChannels, outChannels, kernelSize, { stride, dilation, padding, bias: false });
  return normed(conv, weightNorm);
}
interface CentredOptions {
  stride?: number;
  dilation?: number;
  weightNorm: boolean;
}

class DilatedUnit extends nn.Module {
  readonly net: nn.Sequential;

  constructor(channels: number, dilation: number, weightNorm: boolean) {
    super();
    this.net = new nn.Sequential(
      new nn.LeakyReLU(0.2),
      centred(channels, channels, 3, { dilation, weightNorm }),
      new nn.LeakyReLU(0.2),
      centred(channels, channels, 1, { weightNorm }),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.net.forward(x).add(x);
  }
}

/**
 * The encoder of RAVE v2: bands `(N, bands, L)` to means and scales `(N, 2 · latentSize, L / ∏ ratios)`. As published 16.0 M
 * parameters. Caillon and Esling 2021, https://arxiv.org/abs/2111.05011; `rave/blocks.py` (`EncoderV2`) and `configs/v2.gin` of
 * https://github.com/acids-ircam/RAVE
 */
export class RaveEncoder extends nn.Module {
  readonly net: nn.Sequential;

  constructor(options: RaveOptions = {}) {
    super();
    const { bands, capacity, ratios, dilations, latentSize, weightNorm } = settingsOf(options);
    this.net = new nn.Sequential(
      centred(bands, capacity, 7, { weightNorm }),
      ...ratios.flatMap((stride, i) => {
        const narrow = capacity * 2 ** i;
        return [
          ...dilations[i]!.map((dilation) => new DilatedUnit(narrow, dilation, weightNorm)),
          new nn.LeakyReLU(0.2),
          centred(narrow, 2 * narrow, 2 * stride, { stride, weightNorm }),
        ];
      }),
      new nn.LeakyReLU(0.2),
      centred(capacity * 2 ** ratios.length, 2 * latentSize, 3, { weightNorm }),
    );
  }

  override forward(bands: Tensor): Tensor {
    return this.net.forward(bands);
  }
}

/**
 * The generator of RAVE v2: `(N, latentSize, T)` to bands `(N, bands, T · ∏ ratios)`. The last convolution gives a waveform and a
 * loudness for each band: `tanh(waveform · σ(loudness))`. As published 15.5 M parameters, without the optional noise. `GeneratorV2`,
 * see `RaveEncoder`.
 */
export class RaveDecoder extends nn.Module {
  readonly net: nn.Sequential;

  constructor(options: RaveOptions = {}) {
    super();
    const { bands, capacity, ratios, dilations, latentSize, weightNorm } = settingsOf(options);
    const widest = capacity * 2 ** ratios.length;
    this.net = new nn.Sequential(
      centred(latentSize, widest, 3, { weightNorm }),
      ...ratios.toReversed().flatMap((stride, i) => {
        const wide = widest / 2 ** i;
        const exact = { stride, padding: stride / 2, bias: false };
        return [
          new nn.LeakyReLU(0.2),
          normed(new nn.ConvTranspose1d(wide, wide / 2, 2 * stride, exact), weightNorm),
          ...dilations.at(-1 - i)!.map((dilation) => new DilatedUnit(wide / 2, dilation, weightNorm)),
        ];
      }),
      new nn.LeakyReLU(0.2),
      centred(capacity, 2 * bands, 7, { weightNorm }),
    );
  }

  override forward(z: Tensor): Tensor {
    const [waveform, loudness] = this.net.forward(z).chunk(2, 1);
    return waveform!.mul(loudness!.sigmoid()).tanh();
  }
}

/**
 * RAVE v2 at inference: the filter bank, the encoder's means, the generator, the bank again; `(N, 1, L)` to the same length, L a
 * multiple of `bands · ∏ ratios`, 2048 samples as published (44.1 or 48 kHz).
 */
export class Rave extends nn.Module {
  readonly pqmf: Pqmf;
  readonly encoder: RaveEncoder;
  readonly decoder: RaveDecoder;
  readonly latentSize: number;

  constructor(options: RaveOptions = {}) {
    super();
    const { bands, latentSize } = settingsOf(options);
    this.pqmf = new Pqmf(bands);
    this.encoder = new RaveEncoder(options);
    this.decoder = new RaveDecoder(options);
    this.latentSize = latentSize;
  }

  override forward(x: Tensor): Tensor {
    const z = this.encoder.forward(this.pqmf.analysis(x)).slice(1, 0, this.latentSize);
    return this.pqmf.synthesis(this.decoder.forward(z));
  }
}
