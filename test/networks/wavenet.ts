import { nn, type Tensor } from "atrous";

/** One of the arrays of layers that follow one another. */
export interface LayerArrayOptions {
  inputSize: number;
  channels: number;
  /** Channels of what the array adds up for the head. */
  headSize: number;
  kernelSize: number;
  dilations: readonly number[];
  headBias: boolean;
}

export interface WavenetOptions {
  /** Default `namSizes.standard`. */
  arrays?: readonly LayerArrayOptions[];
  /** The output is multiplied by it. Default 0.02. */
  headScale?: number;
  /** Zeros before every convolution, so that no sample is lost. Default false: valid convolutions. */
  causal?: boolean;
}

/** Two arrays, the second with half the channels, whose layers have the dilations given. */
function twoArrays(channels: number, first: readonly number[], second: readonly number[]): LayerArrayOptions[] {
  const half = channels / 2;
  return [
    { inputSize: 1, channels, headSize: half, kernelSize: 3, dilations: first, headBias: false },
    { inputSize: channels, channels: half, headSize: 1, kernelSize: 3, dilations: second, headBias: true },
  ];
}

const octaves = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => 2 ** (from + i));
const short = octaves(0, 6);
const long = [...octaves(7, 9), ...octaves(0, 9)];

/**
 * The published sizes, with 13 802, 6554, 3026 and 842 numbers. All see 4093 samples; the three smaller ones have more of their
 * layers in the narrow array. `nam/train/core.py`
 */
export const namSizes = {
  standard: twoArrays(16, octaves(0, 9), octaves(0, 9)),
  lite: twoArrays(12, short, long),
  feather: twoArrays(8, short, long),
  nano: twoArrays(4, short, long),
};

/** The last `length` samples. */
const latest = (x: Tensor, length: number): Tensor => x.slice(2, x.shape[2]! - length, x.shape[2]!);

/** `tanh(C3(x) + C1(signal))`: what goes to the head, and, through another C1 with a skip, to the next layer. */
class Layer extends nn.Module<[Tensor, Tensor], [Tensor, Tensor]> {
  readonly conv: nn.Conv1d;
  readonly input_mixer: nn.Conv1d;
  readonly layer1x1: nn.Conv1d;

  constructor(channels: number, kernelSize: number, dilation: number, causal: boolean) {
    super();
    this.conv = new nn.Conv1d(channels, channels, kernelSize, { dilation, padding: causal ? "causal" : 0 });
    this.input_mixer = new nn.Conv1d(1, channels, 1, { bias: false });
    this.layer1x1 = new nn.Conv1d(channels, channels, 1);
  }

  override forward(x: Tensor, signal: Tensor): [Tensor, Tensor] {
    const filtered = this.conv.forward(x);
    const length = filtered.shape[2]!;
    const activated = filtered.add(latest(this.input_mixer.forward(signal), length)).tanh();
    return [latest(x, length).add(this.layer1x1.forward(activated)), activated];
  }
}

class LayerArray extends nn.Module<[Tensor, Tensor, Tensor | null], [Tensor, Tensor]> {
  readonly rechannel: nn.Conv1d;
  readonly layers: Layer[];
  readonly head_rechannel: nn.Conv1d;

  constructor({ inputSize, channels, headSize, kernelSize, dilations, headBias }: LayerArrayOptions, causal: boolean) {
    super();
    this.rechannel = new nn.Conv1d(inputSize, channels, 1, { bias: false });
    this.layers = dilations.map((dilation) => new Layer(channels, kernelSize, dilation, causal));
    this.head_rechannel = new nn.Conv1d(channels, headSize, 1, { bias: headBias });
  }

  /** `head` is what the array before has added up, `null` for the first one. */
  override forward(x: Tensor, signal: Tensor, head: Tensor | null): [Tensor, Tensor] {
    let y = this.rechannel.forward(x);
    const terms: Tensor[] = head ? [head] : [];
    for (const layer of this.layers) {
      const [next, term] = layer.forward(y, signal);
      terms.push(term);
      y = next;
    }
    const length = y.shape[2]!;
    const sum = terms.map((term) => latest(term, length)).reduce((a, b) => a.add(b));
    return [y, this.head_rechannel.forward(sum)];
  }
}

/**
 * The WaveNet of the neural amp modeler: `(N, 1, L)` to `(N, 1, L − 4092)`, or to the same length if `causal`. Every layer hears
 * the signal itself, too. The standard model, at 48 kHz, has 13 802 numbers, the head's scale among them, and sees 4093 samples.
 *
 * https://github.com/sdatkinson/neural-amp-modeler, https://github.com/sdatkinson/NeuralAmpModelerCore (`example_models`: their
 * `.nam` files hold the numbers in the order of the parameters here, the head's scale last)
 */
export class Wavenet extends nn.Module {
  readonly arrays: LayerArray[];
  readonly headScale: number;

  constructor({ arrays = namSizes.standard, headScale = 0.02, causal = false }: WavenetOptions = {}) {
    super();
    this.arrays = arrays.map((options) => new LayerArray(options, causal));
    this.headScale = headScale;
  }

  override forward(signal: Tensor): Tensor {
    let x = signal;
    let head: Tensor | null = null;
    for (const array of this.arrays) [x, head] = array.forward(x, signal, head);
    return head!.mul(this.headScale);
  }
}
