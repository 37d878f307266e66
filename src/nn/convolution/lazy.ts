import { GraphError, ShapeError } from "../../core/errors.ts";
import { type Conv1dOptions, type ConvSettings, conv1dSettings, convTranspose1dSettings } from "../../core/geometry.ts";
import type { Single } from "../../core/options.ts";
import type { Padding } from "../../core/padding/index.ts";
import { showShape } from "../../core/shape.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { Tensor } from "../../graph/tensor.ts";
import { checkSignal } from "../../ops/signal.ts";
import { skipInit } from "../init/fill.ts";
import { join, Module } from "../module.ts";
import { Conv1d, type Conv1dLayerOptions } from "./conv1d.ts";
import type { Convolution } from "./convolution.ts";
import { ConvTranspose1d, type ConvTranspose1dLayerOptions } from "./convTranspose1d.ts";
import { checkLayer, convRepr, LAYER_OPTIONS, type LayerOptions } from "./options.ts";

/** A convolution layer that waits for its first input to tell how many channels it has. */
abstract class LazyConvolution extends Module {
  readonly inChannels: number = 0;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly padding: Padding;
  readonly settings: ConvSettings;
  readonly #hasBias: boolean;
  readonly #build: (inChannels: number) => Convolution;

  constructor(
    layer: string,
    sizes: { outChannels: number; kernelSize: Single },
    options: Conv1dOptions & LayerOptions,
    settings: ConvSettings,
    build: (inChannels: number) => Convolution,
  ) {
    super();
    const { outChannels, kernelSize, bias } = checkLayer(
      layer,
      { inChannels: settings.groups, ...sizes },
      options,
      settings,
    );
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    const { padding = 0 } = options;
    this.padding = padding;
    this.settings = settings;
    this.#hasBias = bias;
    this.#build = build;
  }

  /** Not there before the first forward or load. */
  get weight(): Parameter {
    throw this.#unknown("its weight");
  }

  /** Not there before the first forward or load. */
  get bias(): Parameter | null {
    throw this.#unknown("its bias");
  }

  /** Optimizers and state dicts ask for the parameters here: an empty answer would train or save a part of the network. */
  // biome-ignore lint/correctness/useYield: nothing to yield before the parameters exist
  override *ownParameters(): Generator<[string, Parameter]> {
    throw this.#unknown("its parameters");
  }

  #unknown(what: string): GraphError {
    return new GraphError(
      `${this.constructor.name}: ${what} cannot be had before the number of input channels is known; run a forward or load a state dict first, then build the optimizer`,
    );
  }

  override forward(x: Tensor, ...rest: never[]): Tensor {
    checkSignal(this.constructor.name, x);
    this.#become(x.shape.at(-2)!);
    return this.forward(x, ...rest); // by now the forward of the layer it has become
  }

  /** Loading tells the channels too. Unlike in PyTorch, whose layer keeps `in_channels` 0 for ever, they are right afterwards. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    const weight: unknown = state.get(join(prefix, "weight"));
    if (!(weight instanceof Tensor)) return;
    if (weight.rank !== 3)
      throw new ShapeError(
        `${this.constructor.name}: the weight of a state dict must have 3 axes, got shape ${showShape(weight.shape)}`,
      );
    skipInit(() => this.#become(this.channelsOf(weight)));
  }

  /** How many input channels the layer of a weight has. */
  protected abstract channelsOf(weight: Tensor): number;

  /** Turns this very object into the layer, so that whoever holds it has the layer too. */
  #become(inChannels: number): void {
    const layer = this.#build(inChannels).train(this.training);
    Object.setPrototypeOf(this, Object.getPrototypeOf(layer)); // first, so that weight and bias are getters no more
    Object.assign(this, layer);
    this.knowParameters();
  }

  protected override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, padding } = this;
    return convRepr({ inChannels, outChannels, kernelSize, padding, bias: this.#hasBias }, this.settings);
  }
}

/**
 * A `Conv1d` whose `inChannels` are those of its first input: then its weights are drawn, and the object becomes a `Conv1d`.
 * Loading a state dict does the same without drawing. Before that it has no parameters, and asking for them is an error, so an
 * optimizer is built after the first forward.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
 */
export class LazyConv1d extends LazyConvolution {
  constructor(outChannels: number, kernelSize: Single, options: Conv1dLayerOptions = {}) {
    const settings = conv1dSettings("LazyConv1d", options, LAYER_OPTIONS);
    const kept = { ...options };
    const build = (inChannels: number): Conv1d => new Conv1d(inChannels, outChannels, kernelSize, kept);
    super("LazyConv1d", { outChannels, kernelSize }, options, settings, build);
  }

  protected override channelsOf(weight: Tensor): number {
    return weight.shape[1]! * this.settings.groups;
  }
}

/**
 * A `ConvTranspose1d` whose `inChannels` are those of its first input; see `LazyConv1d`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html
 */
export class LazyConvTranspose1d extends LazyConvolution {
  constructor(outChannels: number, kernelSize: Single, options: ConvTranspose1dLayerOptions = {}) {
    const settings = convTranspose1dSettings("LazyConvTranspose1d", options, LAYER_OPTIONS);
    const kept = { ...options };
    const build = (inChannels: number): ConvTranspose1d =>
      new ConvTranspose1d(inChannels, outChannels, kernelSize, kept);
    super("LazyConvTranspose1d", { outChannels, kernelSize }, options, settings, build);
  }

  override forward(x: Tensor, options: { outputLength?: Single } = {}): Tensor {
    return super.forward(x, options as never);
  }

  protected override channelsOf(weight: Tensor): number {
    return weight.shape[0]!;
  }
}
