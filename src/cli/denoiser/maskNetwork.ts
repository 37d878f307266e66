import { OptionError } from "../../core/errors.ts";
import { checkInteger, checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import * as nn from "../../nn/index.ts";
import { tensor } from "../../ops/create.ts";
import { add, mul, sub } from "../../ops/elementwise/binary.ts";
import { sigmoid, sqrt } from "../../ops/elementwise/unary.ts";
import { sum } from "../../ops/reduce/sum.ts";
import { unsqueeze } from "../../ops/shape/reshape.ts";
import { DilatedBlock, hidden } from "./dilatedBlock.ts";
import { LappedTransform } from "./lappedTransform.ts";

/** What a denoiser is built from; saved beside its weights. */
export interface MaskNetworkOptions {
  /** Samples from one frame to the next, and bands per frame: a multiple of 16. A frame is twice as long. */
  hop: number;
  /** Channels between the bands that come in and the mask that goes out. */
  channels: number;
  /** Blocks. Each reaches twice as far into the past as the one before. */
  depth: number;
}

/** Bands that hear one another directly. Each by itself gained 0.3 dB less, twice as many no more. */
const NEAR_BANDS = 16;

/** The frames in which they do, 0.13 s at a hop of 32 ms; twice as many gained 0.2 dB less. */
const NEAR_FRAMES = 4;

/**
 * Brings magnitudes of signals at an RMS of 0.1 to about 1. A fixed gain, because statistics of the input would not stream: trained
 * on signals 12 dB softer or louder it gained 0.2 and 1 dB less. Logarithms of magnitudes, which would not mind, gained 1 dB less.
 */
const MAGNITUDE_GAIN = 17;

/**
 * A causal network for denoising that estimates a mask, as Conv-TasNet does (Luo, Mesgarani 2019); `(N, 1, L)` to `(N, 1, L)` for any
 * L ≥ 1.
 *
 * A lapped transform turns samples into bands, and a mask of 0 … 1 for every band and frame says what of it is kept. The mask is the sum
 * of two: what a stack of dilated convolutions makes of the magnitudes of all bands, and what one convolution makes of those near by.
 * Without the second, which is the first to learn, the gain was 1.2 dB less. The transform is fixed (trained along at a tenth of the
 * rate it gained 0.2 dB less, for 5/3 of the arithmetic); the gradients come back through it from the waveform.
 *
 * Only the windows of the transform look ahead, by 2·hop − 1 samples: a frame that begins with a sample ends so much later. All else pads
 * before.
 */
export class MaskNetwork extends nn.Module {
  /** Private, so that a file of the weights has what is learned and no sines. */
  readonly #transform: LappedTransform;
  readonly mix: nn.Conv1d;
  readonly blocks: DilatedBlock[];
  readonly mask: nn.Conv1d;
  readonly near: nn.Conv1d;
  readonly options: MaskNetworkOptions;

  constructor(options: MaskNetworkOptions) {
    super();
    const { hop, channels, depth } = checked(options);
    this.options = { hop, channels, depth };
    this.#transform = new LappedTransform(hop);
    this.mix = new nn.Conv1d(hop, channels, 1);
    this.blocks = Array.from({ length: depth }, (_, level) => new DilatedBlock(channels, 2 ** level));
    this.mask = new nn.Conv1d(channels, hop, 1);
    this.near = new nn.Conv1d(hop, hop, NEAR_FRAMES, { groups: hop / NEAR_BANDS, padding: "causal", bias: false });
    this.#initialise();
  }

  /** A mask that starts near ½ everywhere and opens where a band is loud. */
  #initialise(): void {
    const bound = 0.3 / Math.sqrt(this.options.channels);
    nn.init.uniform(this.mask.weight, -bound, bound);
    nn.init.zeros(this.mask.bias!);
    this.near.weight.assign(ownBands(this.options.hop, 0.3));
  }

  override forward(x: Tensor): Tensor {
    const bands = this.#transform.analyse(x);
    const magnitudes = sub(mul(sqrt(sum(mul(bands, bands), 1)), MAGNITUDE_GAIN), 0.5);
    let h = hidden(this.mix.forward(magnitudes));
    for (const block of this.blocks) h = block.forward(h);
    const mask = sigmoid(add(this.mask.forward(h), this.near.forward(magnitudes)));
    return this.#transform.synthesise(mul(bands, unsqueeze(mask, 1)), x.shape.at(-1)!);
  }
}

/** A weight for `near` with which every band hears itself alone: `sum` in equal shares over the frames. */
function ownBands(hop: number, sum: number): Tensor {
  const weight = new Float32Array(hop * NEAR_BANDS * NEAR_FRAMES);
  for (let band = 0; band < hop; band++) {
    const start = (band * NEAR_BANDS + (band % NEAR_BANDS)) * NEAR_FRAMES;
    weight.fill(sum / NEAR_FRAMES, start, start + NEAR_FRAMES);
  }
  return tensor(weight, { shape: [hop, NEAR_BANDS, NEAR_FRAMES] });
}

function checked(options: MaskNetworkOptions): MaskNetworkOptions {
  checkOptions("MaskNetwork", options, ["hop", "channels", "depth"]);
  const hop = checkInteger("MaskNetwork", "hop", options.hop, 1);
  if (hop % NEAR_BANDS !== 0) throw new OptionError(`MaskNetwork: hop must be a multiple of ${NEAR_BANDS}, got ${hop}`);
  const channels = checkInteger("MaskNetwork", "channels", options.channels, 1);
  const depth = checkInteger("MaskNetwork", "depth", options.depth, 0);
  // Options come from files too: the transform has 4·hop² numbers, a block 3·channels².
  if (hop > 2048 || channels > 2048 || depth > 16)
    throw new OptionError(`MaskNetwork: hop ${hop}, channels ${channels}, depth ${depth} exceed 2048, 2048, 16`);
  return { hop, channels, depth };
}
