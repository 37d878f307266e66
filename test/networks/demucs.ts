import { nn, type Tensor } from "atrous";
import { TimeLstm } from "./timeLstm.ts";

export interface DemucsOptions {
  /** Channels of the first level, doubled by each. Default 48 (`dns48`); `dns64` has 64. */
  hidden?: number;
  /** Levels. Default 5. */
  depth?: number;
  kernelSize?: number;
  stride?: number;
  /** Two causal LSTM layers in the middle. Default true. */
  lstm?: boolean;
}

/**
 * The denoiser Demucs, a U-Net over waveforms `(N, 1, L)` whose only look-ahead is its kernels': strided convolutions down, an LSTM,
 * transposed convolutions up, skips added. Without the published model's normalisation by the whole signal's deviation and without
 * its resampling (×4). 18.9 M parameters with 48 channels, 33.5 M with 64.
 *
 * A signal of `validLength` keeps its length; of another the last samples are lost. Names of parameters are the checkpoints'.
 *
 * Défossez et al. 2020, https://arxiv.org/abs/2006.12847; `denoiser/demucs.py` of https://github.com/facebookresearch/denoiser
 */
export class Demucs extends nn.Module {
  readonly encoder: nn.Sequential[];
  readonly decoder: nn.Sequential[];
  readonly lstm: TimeLstm | null;
  readonly kernelSize: number;
  readonly stride: number;

  constructor({ hidden = 48, depth = 5, kernelSize = 8, stride = 4, lstm = true }: DemucsOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = stride;
    const levels = Array.from({ length: depth }, (_, i) => ({
      outer: i === 0 ? 1 : hidden * 2 ** (i - 1),
      inner: hidden * 2 ** i,
    }));
    this.encoder = levels.map(
      ({ outer, inner }) =>
        new nn.Sequential(
          new nn.Conv1d(outer, inner, kernelSize, { stride }),
          new nn.ReLU(),
          new nn.Conv1d(inner, 2 * inner, 1),
          new nn.GLU(1),
        ),
    );
    this.decoder = levels.toReversed().map(
      ({ outer, inner }, i) =>
        new nn.Sequential(
          new nn.Conv1d(inner, 2 * inner, 1),
          new nn.GLU(1),
          new nn.ConvTranspose1d(inner, outer, kernelSize, { stride }),
          ...(i === depth - 1 ? [] : [new nn.ReLU()]), // a waveform is negative, too
        ),
    );
    const bottom = levels.at(-1)!.inner;
    this.lstm = lstm ? new TimeLstm(bottom, bottom, 2) : null;
  }

  override forward(mix: Tensor): Tensor {
    const skips: Tensor[] = [];
    let x = mix;
    for (const encode of this.encoder) {
      x = encode.forward(x);
      skips.push(x);
    }
    if (this.lstm) x = this.lstm.forward(x);
    for (const decode of this.decoder) {
      const skip = skips.pop()!;
      x = decode.forward(x.add(skip.slice(2, 0, x.shape[2]!)));
    }
    return x;
  }

  /** The smallest length, at least `length`, of which no sample is left over at any level. */
  validLength(length: number): number {
    const levels = this.encoder.map(() => null);
    const frames = levels.reduce((n) => Math.max(Math.ceil((n - this.kernelSize) / this.stride) + 1, 1), length);
    return levels.reduce((n) => (n - 1) * this.stride + this.kernelSize, frames);
  }
}
