import { cat, F, nn, type Tensor, tensor } from "atrous";

export interface WaveUNetOptions {
  /** Channels of the signal. Default 2. */
  inputChannels?: number;
  /** Channels of each level; as many levels as there are entries. Default 32, 64, …, 1024. */
  channels?: readonly number[];
  kernelSize?: number;
  stride?: number;
  /** Default `"normal"`: no normalisation. */
  norm?: "normal" | "batch" | "group";
  /** How the rate changes: with learned strided convolutions, or with a fixed low-pass filter. Default `"learned"`. */
  resample?: "learned" | "fixed";
}

type Settings = Required<WaveUNetOptions>;

/** Convolution (or transposed), normalisation, activation. Nothing is padded: the transposed one drops what is not a full sum. */
class ConvLayer extends nn.Module {
  readonly filter: nn.Conv1d | nn.ConvTranspose1d;
  readonly norm: nn.Module;
  readonly activation: nn.Module;

  constructor(
    inChannels: number,
    outChannels: number,
    { kernelSize, norm }: Settings,
    { stride = 1, transposed = false } = {},
  ) {
    super();
    this.filter = transposed
      ? new nn.ConvTranspose1d(inChannels, outChannels, kernelSize, { stride, padding: kernelSize - 1 })
      : new nn.Conv1d(inChannels, outChannels, kernelSize, { stride });
    if (norm === "batch") this.norm = new nn.BatchNorm1d(outChannels, { momentum: 0.01 });
    else this.norm = norm === "group" ? new nn.GroupNorm(outChannels / 8, outChannels) : new nn.Identity();
    this.activation = norm === "normal" ? new nn.LeakyReLU() : new nn.ReLU();
  }

  override forward(x: Tensor): Tensor {
    return this.activation.forward(this.norm.forward(this.filter.forward(x)));
  }
}

/** 15 taps of a sinc that passes what `stride` leaves, in a Blackman window, of sum 1. */
function lowPass(stride: number): number[] {
  const taps = Array.from({ length: 15 }, (_, i) => {
    const t = i - 7;
    const sinc = t === 0 ? Math.PI / stride : Math.sin((Math.PI / stride) * t) / t;
    return sinc * (0.42 - 0.5 * Math.cos((2 * Math.PI * i) / 14) + 0.08 * Math.cos((4 * Math.PI * i) / 14));
  });
  const sum = taps.reduce((a, b) => a + b);
  return taps.map((tap) => tap / sum);
}

/** The rate divided (or multiplied) by `stride`, each channel for itself, the first and the last sample kept; L ≡ 1 mod stride. */
class Resample1d extends nn.Module {
  readonly stride: number;
  readonly transposed: boolean;
  readonly channels: number;

  constructor(channels: number, stride: number, { transposed = false } = {}) {
    super();
    this.stride = stride;
    this.transposed = transposed;
    this.channels = channels;
    const taps = lowPass(stride);
    const filter = Float32Array.from({ length: channels * 15 }, (_, i) => taps[i % 15]!);
    this.registerBuffer("filter", tensor(filter, { shape: [channels, 1, 15] }));
  }

  override forward(x: Tensor): Tensor {
    const padded = x.pad(7, { mode: "reflect" });
    const filter = this.getBuffer("filter");
    const options = { stride: this.stride, groups: this.channels };
    if (!this.transposed) return F.conv1d(padded, filter, null, options);
    const spread = F.convTranspose1d(padded, filter, null, options);
    return centreCrop(spread, (x.shape[2]! - 1) * this.stride + 1);
  }
}

/** The middle `length` samples. */
function centreCrop(x: Tensor, length: number): Tensor {
  const start = Math.floor((x.shape[2]! - length) / 2);
  return x.slice(2, start, start + length);
}

class DownsamplingBlock extends nn.Module<[Tensor], [Tensor, Tensor]> {
  readonly preShortcut: ConvLayer;
  readonly postShortcut: ConvLayer;
  readonly downconv: nn.Module;

  constructor(inChannels: number, shortcutChannels: number, outChannels: number, settings: Settings) {
    super();
    const { stride, resample } = settings;
    this.preShortcut = new ConvLayer(inChannels, shortcutChannels, settings);
    this.postShortcut = new ConvLayer(shortcutChannels, outChannels, settings);
    this.downconv =
      resample === "fixed"
        ? new Resample1d(outChannels, stride)
        : new ConvLayer(outChannels, outChannels, settings, { stride });
  }

  override forward(x: Tensor): [Tensor, Tensor] {
    const shortcut = this.preShortcut.forward(x);
    return [this.downconv.forward(this.postShortcut.forward(shortcut)), shortcut];
  }
}

class UpsamplingBlock extends nn.Module<[Tensor, Tensor]> {
  readonly upconv: nn.Module;
  readonly preShortcut: ConvLayer;
  readonly postShortcut: ConvLayer;

  constructor(inChannels: number, outChannels: number, settings: Settings) {
    super();
    const { stride, resample } = settings;
    this.upconv =
      resample === "fixed"
        ? new Resample1d(inChannels, stride, { transposed: true })
        : new ConvLayer(inChannels, inChannels, settings, { stride, transposed: true });
    this.preShortcut = new ConvLayer(inChannels, outChannels, settings);
    this.postShortcut = new ConvLayer(2 * outChannels, outChannels, settings);
  }

  override forward(x: Tensor, shortcut: Tensor): Tensor {
    const upsampled = this.preShortcut.forward(this.upconv.forward(x));
    return this.postShortcut.forward(cat([centreCrop(shortcut, upsampled.shape[2]!), upsampled], 1));
  }
}

/**
 * Wave-U-Net for one source: `(N, inputChannels, L)` to `(N, inputChannels, L′)`, the estimate of the middle L′ samples. Nothing is
 * padded; the skips are cropped to what the deeper levels still know and concatenated. 17.5 M parameters as published
 * (stereo, six levels, kernel 5, stride 4, group norm, fixed resampling).
 *
 * Lengths are those that `lengthsOf` gives. Only in evaluation with `"batch"` or `"normal"` is an output independent of the whole.
 *
 * Stoller et al. 2018, https://arxiv.org/abs/1806.03185; `model/waveunet.py` of https://github.com/f90/Wave-U-Net-Pytorch
 */
export class WaveUNet extends nn.Module {
  readonly downsampling: DownsamplingBlock[];
  readonly bottleneck: ConvLayer;
  readonly upsampling: UpsamplingBlock[];
  readonly output: nn.Conv1d;
  readonly #settings: Settings;

  constructor(options: WaveUNetOptions = {}) {
    super();
    const { inputChannels = 2, channels = [32, 64, 128, 256, 512, 1024], kernelSize = 5, stride = 4 } = options;
    const { norm = "normal", resample = "learned" } = options;
    const settings = { inputChannels, channels, kernelSize, stride, norm, resample };
    this.#settings = settings;
    const levels = channels.slice(1).map((inner, i) => ({ inner, outer: channels[i]! }));
    this.downsampling = levels.map(
      ({ inner, outer }, i) => new DownsamplingBlock(i === 0 ? inputChannels : outer, outer, inner, settings),
    );
    const widest = channels.at(-1)!;
    this.bottleneck = new ConvLayer(widest, widest, settings);
    this.upsampling = levels.toReversed().map(({ inner, outer }) => new UpsamplingBlock(inner, outer, settings));
    this.output = new nn.Conv1d(channels[0]!, inputChannels, 1);
  }

  override forward(mix: Tensor): Tensor {
    const shortcuts: Tensor[] = [];
    let x = mix;
    for (const block of this.downsampling) {
      const [deeper, shortcut] = block.forward(x);
      shortcuts.push(shortcut);
      x = deeper;
    }
    x = this.bottleneck.forward(x);
    for (const block of this.upsampling) x = block.forward(x, shortcuts.pop()!);
    return this.output.forward(x);
  }

  /** The length of the signal that gives `frames` after the bottleneck, and the length of the estimate. */
  lengthsOf(frames: number): { input: number; output: number } {
    const { kernelSize, stride, resample } = this.#settings;
    const lost = kernelSize - 1;
    const resampling = resample === "fixed" ? 0 : lost;
    let input = frames + lost;
    let output = frames;
    for (const _ of this.downsampling) {
      input = (input - 1) * stride + 1 + resampling + 2 * lost;
      output = (output - 1) * stride + 1 - resampling - 2 * lost;
    }
    return { input, output };
  }
}
