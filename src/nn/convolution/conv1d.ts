import { type Conv1dOptions, type ConvSettings, conv1dLengths, conv1dSettings } from "../../core/geometry.ts";
import { checkInteger, checkOptions, type Single } from "../../core/options.ts";
import type { Padding } from "../../core/padding/index.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { convolve } from "../../ops/convolution/conv1d.ts";
import { zeros } from "../../ops/create.ts";
import { linearDefault, skipInit } from "../init.ts";
import { Module } from "../module.ts";
import { ConvTranspose1d } from "./convTranspose1d.ts";
import { checkLayer, convRepr, LAYER_OPTIONS, type LayerOptions, remainderOf } from "./options.ts";

export type Conv1dLayerOptions = Conv1dOptions & LayerOptions;

/**
 * A convolution over time: `(N, inChannels, L)` or `(inChannels, L)` to `(N, outChannels, L′)`,
 * `L′ = ⌊(L + padBefore + padAfter − dilation·(kernelSize−1) − 1) / stride⌋ + 1`.
 *
 * `weight` is `(outChannels, inChannels/groups, kernelSize)`, `bias` `(outChannels)`; both start uniform within
 * `±1/√(inChannels/groups · kernelSize)`, PyTorch's numbers for the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 */
export class Conv1d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly padding: Padding;
  weight: Parameter;
  bias: Parameter | null;
  readonly settings: ConvSettings;

  constructor(inChannels: number, outChannels: number, kernelSize: Single, options: Conv1dLayerOptions = {}) {
    super();
    this.settings = conv1dSettings("Conv1d", options, LAYER_OPTIONS);
    const layer = checkLayer("Conv1d", { inChannels, outChannels, kernelSize }, options, this.settings);
    this.inChannels = layer.inChannels;
    this.outChannels = layer.outChannels;
    this.kernelSize = layer.kernelSize;
    this.padding = options.padding ?? 0;
    const { dtype } = layer;
    const perGroup = layer.inChannels / this.settings.groups;
    this.weight = new Parameter(zeros([layer.outChannels, perGroup, layer.kernelSize], { dtype }));
    this.bias = layer.bias ? new Parameter(zeros([layer.outChannels], { dtype })) : null;
    linearDefault(this.weight, this.bias);
  }

  override forward(x: Tensor): Tensor {
    return convolve("Conv1d", x, this.weight, this.bias, this.settings);
  }

  /** The length that `forward` gives for an input of `length` samples. */
  outputLength(length: number): number {
    return conv1dLengths("Conv1d", this.settings, this.kernelSize, length).outputLength;
  }

  /**
   * The adjoint layer, sharing the weight: ⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ but for the bias, which it does not have. With
   * `inputLength` it restores that length by default; otherwise say `forward(y, { outputLength })` when the stride left samples
   * over.
   */
  transposed(options: { inputLength?: number } = {}): ConvTranspose1d {
    checkOptions("Conv1d.transposed", options, ["inputLength"]);
    const { stride, dilation, groups, mode } = this.settings;
    const length =
      options.inputLength === undefined ? 0 : checkInteger("Conv1d", "inputLength", options.inputLength, 1);
    const outputPadding = length && remainderOf(this.settings, this.kernelSize, length);
    const layer = skipInit(
      () =>
        new ConvTranspose1d(this.outChannels, this.inChannels, this.kernelSize, {
          ...{ stride, dilation, groups, outputPadding, padding: this.padding, bias: false },
          paddingMode: mode.name as NonNullable<Conv1dOptions["paddingMode"]>,
        }),
    );
    layer.weight = this.weight;
    return layer;
  }

  protected override extraRepr(): string {
    return convRepr(this, this.settings);
  }
}
