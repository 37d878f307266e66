import { OptionError } from "../../core/errors.ts";
import { checkInteger, checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import * as nn from "../../nn/index.ts";
import { leakyRelu } from "../../ops/activations/rectifiers.ts";
import { add, mul, sub } from "../../ops/elementwise/binary.ts";
import { abs, sigmoid } from "../../ops/elementwise/unary.ts";
import { slice } from "../../ops/shape/slice.ts";
import { cosineBasis } from "./cosineBasis.ts";

/** What a denoiser is built from; saved beside its weights. */
export interface WaveUNetOptions {
  /** Samples from one frame to the next, and bands per frame. A frame is twice as long. */
  hop: number;
  /** Channels of the levels below the first. */
  channels: number;
  /** Levels below the first, each at half the frame rate of the one above. */
  depth: number;
}

/** Frames that a band's own filter sees: 64 ms at a hop of 8 ms, enough to tell a steady noise from an onset; 16 gain no more. */
const OWN_FRAMES = 8;

/**
 * Brings magnitudes of signals at an RMS of 0.1 to about 1. A fixed gain, because statistics of the input would not stream; signals
 * 12 dB softer or louder than those of training are denoised by 0.9 and 0.6 dB less.
 */
const MAGNITUDE_GAIN = 12;

/** Hidden units keep a tenth of what is negative, so that none of them dies at the high learning rate of a short training. */
const hidden = (x: Tensor): Tensor => leakyRelu(x, 0.1);

/**
 * A causal Wave-U-Net (Stoller, Ewert, Dixon 2018) for denoising; `(N, 1, L)` to `(N, 1, L)` for any L ≥ 1.
 *
 * Its first level shortens time by `hop` at once. It starts as a lapped cosine transform, its transposed convolution as the inverse,
 * so that training begins with a network that passes signals through; both are trained with the rest. Levels further down have
 * stride 2, and their skips add. The first skip multiplies: what comes up is a mask of 0 … 1 for every band, as in Conv-TasNet
 * (Luo, Mesgarani 2019). It is the sum of what the U-Net makes of all bands and of what each band's own filter says.
 *
 * Only the windows of the first level look ahead; all else pads before, and crops after, the signal.
 */
export class WaveUNet extends nn.Module {
  readonly analysis: nn.Conv1d;
  readonly mix: nn.Conv1d;
  readonly down: nn.Conv1d[] = [];
  readonly up: nn.ConvTranspose1d[] = [];
  readonly mask: nn.Conv1d;
  readonly own: nn.Conv1d;
  readonly synthesis: nn.ConvTranspose1d;
  readonly options: WaveUNetOptions;

  constructor(options: WaveUNetOptions) {
    super();
    const { hop, channels, depth } = checked(options);
    this.options = { hop, channels, depth };
    const window = 2 * hop;
    this.analysis = new nn.Conv1d(1, hop, window, { stride: hop, padding: [window - hop, window - 1], bias: false });
    this.mix = new nn.Conv1d(hop, channels, 1);
    for (let level = 0; level < depth; level++) {
      this.down.push(new nn.Conv1d(channels, channels, 4, { stride: 2, padding: "causal" }));
      this.up.push(new nn.ConvTranspose1d(channels, channels, 4, { stride: 2, padding: [0, 2] }));
    }
    this.mask = new nn.Conv1d(channels, hop, 1);
    this.own = new nn.Conv1d(hop, hop, OWN_FRAMES, { groups: hop, padding: "causal", bias: false });
    this.synthesis = new nn.ConvTranspose1d(hop, 1, window, { stride: hop, padding: [window - hop, 0], bias: false });
    this.#initialise();
  }

  /** A mask that starts near ½ everywhere and opens where a band is loud. */
  #initialise(): void {
    const { hop, channels } = this.options;
    const bound = 0.3 / Math.sqrt(channels);
    nn.init.uniform(this.mask.weight, -bound, bound);
    nn.init.zeros(this.mask.bias!);
    nn.init.constant(this.own.weight, 0.3 / OWN_FRAMES);
    for (const { weight } of [this.analysis, this.synthesis]) weight.assign(cosineBasis(hop));
  }

  /** Samples after t that output sample t can depend on: a frame that begins with t ends `2·hop − 1` later. */
  get lookahead(): number {
    return 2 * this.options.hop - 1;
  }

  override forward(x: Tensor): Tensor {
    const bands = this.analysis.forward(x);
    const magnitudes = sub(mul(abs(bands), MAGNITUDE_GAIN), 0.5);
    const skips = [hidden(this.mix.forward(magnitudes))];
    for (const down of this.down) skips.push(hidden(down.forward(skips.at(-1)!)));
    let h = skips.pop()!;
    for (const up of this.up.toReversed()) {
      const skip = skips.pop()!;
      h = hidden(add(skip, cropped(up.forward(h), skip)));
    }
    const mask = sigmoid(add(this.mask.forward(h), this.own.forward(magnitudes)));
    return cropped(this.synthesis.forward(mul(bands, mask)), x);
  }
}

/** As long as `like`: a stride that does not divide a length leaves the last frame with more. */
const cropped = (x: Tensor, like: Tensor): Tensor => slice(x, -1, 0, like.shape.at(-1)!);

function checked(options: WaveUNetOptions): WaveUNetOptions {
  checkOptions("WaveUNet", options, ["hop", "channels", "depth"]);
  const hop = checkInteger("WaveUNet", "hop", options.hop, 1);
  const channels = checkInteger("WaveUNet", "channels", options.channels, 1);
  const depth = checkInteger("WaveUNet", "depth", options.depth, 0);
  // Options come from files too: a weight of the first level has 2·hop² numbers, a deep one channels².
  if (hop > 4096 || channels > 4096 || depth > 16)
    throw new OptionError(`WaveUNet: hop ${hop}, channels ${channels}, depth ${depth} exceed 4096, 4096, 16`);
  return { hop, channels, depth };
}
