import { OptionError } from "../../core/errors.ts";
import { checkOptions, show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Conv1d } from "../../nn/convolution/conv1d.ts";
import { Module } from "../../nn/module.ts";
import { zeros } from "../../ops/create.ts";
import { mul } from "../../ops/elementwise/binary.ts";
import { squeeze, unsqueeze } from "../../ops/shape/reshape.ts";
import type { Fail } from "../bytes/fail.ts";
import type { Json } from "../bytes/json.ts";
import { type Architecture, receptiveField } from "./architecture.ts";
import type { NamConfig } from "./config.ts";
import { describe, isSimple } from "./describe.ts";
import { layerOf } from "./film.ts";
import { causal, each, type Heard } from "./heard.ts";
import { LayerArray } from "./layerArray.ts";
import { readConfig } from "./readConfig.ts";

/** What players take for granted where a file does not say it. */
const USUAL_RATE = 48000;

export interface NamWaveNetOptions {
  /** Of the signals it is for, in samples per second. Default 48000. */
  sampleRate?: number;
  /** What a file says about the model: its name, its author, its loudness. */
  metadata?: ReadonlyMap<string, Json>;
}

/**
 * A WaveNet of the neural amp modeler: a signal (N, 1, L) or (1, L) to one of the same shape, of an amplifier's input to its output. Every
 * sample comes out when it comes in: the network is causal, and before the signal there was silence for ever, as for the players of NAM,
 * which are fed zeros before they start, and for its trainer, which puts `receptiveField` − 1 zeros before the signal. Streams of it
 * have no latency, and start as a player does.
 *
 * `config` is that of a .nam file; `importNam` makes it from one, with the weights. The parameters are in the order of the numbers in
 * files. The head's scale and the slopes of PReLU are constants here.
 *
 * https://github.com/sdatkinson/neural-amp-modeler, https://github.com/sdatkinson/NeuralAmpModelerCore
 *
 * @example
 * new NamWaveNet({
 *   layers: [
 *     { input_size: 1, channels: 8, kernel_size: 3, dilations: [1, 2, 4, 8], activation: "Tanh", head_size: 1, head_bias: true },
 *   ],
 *   head_scale: 0.02,
 * })
 */
export class NamWaveNet extends Module {
  readonly arrays: readonly LayerArray[];
  /** The convolutions after the arrays, in models that have them. */
  readonly head: readonly Conv1d[];
  readonly headScale: number;
  readonly sampleRate: number;
  /** Samples that one sample of the output depends on. */
  readonly receptiveField: number;
  readonly #architecture: Architecture;
  readonly #metadata: ReadonlyMap<string, Json>;

  /** @throws OptionError for a configuration that is wrong or not known here */
  constructor(config: NamConfig, options: NamWaveNetOptions = {}) {
    super();
    checkOptions("NamWaveNet", options, ["sampleRate", "metadata"]);
    const { sampleRate = USUAL_RATE, metadata = new Map() } = options;
    if (!(Number.isFinite(sampleRate) && sampleRate > 0))
      throw new OptionError(`NamWaveNet: sampleRate must be a number above 0, got ${show(sampleRate)}`);
    if (!(metadata instanceof Map)) throw new OptionError(`NamWaveNet: metadata must be a Map, got ${show(metadata)}`);
    this.#architecture = readConfig(config, refuse);
    this.#metadata = metadata;
    this.arrays = this.#architecture.arrays.map((array) => new LayerArray(array));
    this.head = (this.#architecture.head?.convolutions ?? []).map(layerOf);
    this.headScale = this.#architecture.headScale;
    this.sampleRate = sampleRate;
    this.receptiveField = receptiveField(this.#architecture);
  }

  /** What it is made of, in the words of .nam files: of version 0.5 where they suffice, of 0.7 otherwise. */
  get config(): NamConfig {
    return describe(this.#architecture, isSimple(this.#architecture));
  }

  /** What the file said about the model; objects are Maps. */
  get metadata(): ReadonlyMap<string, Json> {
    return this.#metadata;
  }

  /** @internal */
  get architecture(): Architecture {
    return this.#architecture;
  }

  override forward(signal: Tensor): Tensor {
    if (signal.rank === 2) return squeeze(this.forward(unsqueeze(signal, 0)), 0);
    const condition = { live: signal, silent: zeros([1, 1, 1]) };
    let x: Heard = condition;
    let head: Heard | null = null;
    for (const array of this.arrays) [x, head] = array.forward(x, condition, head);
    let y = each(head!, (sum) => mul(sum, this.headScale));
    for (const layer of this.head) y = causal(layer, each(y, this.#architecture.head!.activation.forward));
    return y.live;
  }

  protected override extraRepr(): string {
    return `receptive_field=${this.receptiveField}, sample_rate=${this.sampleRate}`;
  }
}

const refuse: Fail = (problem) => {
  throw new OptionError(`NamWaveNet: ${problem}`);
};
