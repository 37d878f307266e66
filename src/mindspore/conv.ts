import type { FloatDType } from "../core/dtype.ts";
import { AtrousError, OptionError, ShapeError } from "../core/errors.ts";
import { type ConvSettings, effectiveKernelSize } from "../core/geometry.ts";
import { checkOptions } from "../core/options.ts";
import { paddingMode, paddingRule } from "../core/padding/index.ts";
import type { Shape } from "../core/shape.ts";
import { Parameter } from "../graph/parameter.ts";
import { Tensor } from "../graph/tensor.ts";
import { Module } from "../nn/module.ts";
import { type DTypeOption, layerDType } from "../nn/options.ts";
import { detach } from "../ops/detach.ts";
import { cast } from "../ops/shape/cast.ts";
import { checkBool, checkDivisible, checkInt, checkNumber, checkPadMode, type PadMode } from "./checks.ts";
import { HeUniform, type Init, initializer, Uniform } from "./initializers/index.ts";
import { list, text, tuple } from "./python.ts";

/** The options of MindSpore's classic `Conv1d` and `Conv1dTranspose`. Integers only: no tuples, no booleans. */
export interface ConvOptions extends DTypeOption {
  /** Samples between neighbouring windows. Default 1. */
  stride?: number;
  /** Default `"same"`, unlike PyTorch. Case matters. */
  padMode?: PadMode;
  /** Zeros on either side; only with `padMode: "pad"`. Default 0. */
  padding?: number;
  /** Samples between neighbouring taps. Default 1. */
  dilation?: number;
  /** Independent groups of channels; both channel counts must be multiples. Default 1. */
  group?: number;
  /** Default false, unlike PyTorch. */
  hasBias?: boolean;
  /** What the weight starts from. Default `new HeUniform(Math.sqrt(5))`: uniform within ±1/√fanIn, PyTorch's numbers. */
  weightInit?: Init | null;
  /** What the bias starts from. Default `new Uniform(1 / Math.sqrt(fanIn))`. */
  biasInit?: Init | null;
}

const OPTIONS = "stride padMode padding dilation group hasBias weightInit biasInit dtype".split(" ");

/** What a layer has that differs between the two. */
export interface ConvKind {
  readonly name: string;
  /** Shape of the weight. */
  readonly shape: (inChannels: number, outChannels: number, group: number, kernelSize: number) => Shape;
  /** MindSpore's `Conv1d` looks at `group` before the channels, its `Conv1dTranspose` after them. */
  readonly groupFirst: boolean;
  /** Samples that the layer adds at the end of its output. */
  readonly outputPadding: (padMode: PadMode, effectiveKernelSize: number, stride: number) => number;
}

/** What the two layers share (MindSpore's `_Conv`): validation in MindSpore's order, the parameters, the repr. */
export abstract class Conv extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly padMode: PadMode;
  readonly padding: number;
  readonly weightInit: Init;
  readonly biasInit: Init | null;
  weight: Parameter;
  bias: Parameter | null;
  readonly settings: ConvSettings;
  readonly #name: string;

  constructor(kind: ConvKind, inChannels: number, outChannels: number, kernelSize: number, options: ConvOptions = {}) {
    super();
    const { name } = kind;
    this.#name = name;
    checkOptions(name, options, OPTIONS);
    const { stride = 1, padding = 0, dilation = 1, group = 1, padMode = "same", hasBias = false } = options;
    const { weightInit, biasInit } = options;
    for (const [key, value] of Object.entries({ kernel_size: kernelSize, stride, padding, dilation }))
      checkInt(name, key, value);
    checkNumber(name, "kernel_size", kernelSize, ">=", 1);
    checkNumber(name, "stride", stride, ">=", 1);
    checkNumber(name, "padding", padding, ">=", 0);
    checkNumber(name, "dilation", dilation, ">=", 1);
    const checkGroup = (): void => {
      checkNumber(name, "group", group, ">", 0);
      checkDivisible(name, inChannels, outChannels, group);
    };
    if (kind.groupFirst) checkGroup();
    checkRank(name, weightInit);
    this.inChannels = checkNumber(name, "in_channels", inChannels, ">", 0);
    this.outChannels = checkNumber(name, "out_channels", outChannels, ">", 0);
    if (!kind.groupFirst) checkGroup();
    const dtype = layerDType(name, options);

    const shape = kind.shape(inChannels, outChannels, group, kernelSize);
    this.weightInit = plain(weightInit ?? new HeUniform(Math.sqrt(5)));
    this.weight = initialised(name, "weight_init", this.weightInit, shape, dtype);
    const biased = checkBool(name, "has_bias", hasBias);
    this.biasInit = plain(biasInit ?? (biased ? new Uniform(1 / Math.sqrt(shape[1]! * kernelSize)) : null));
    this.bias = biased ? initialised(name, "bias_init", this.biasInit!, [outChannels], dtype) : null;

    this.kernelSize = kernelSize;
    this.padMode = checkPadMode(name, padMode, padding);
    this.padding = padding;
    this.settings = {
      ...{ stride, dilation, groups: group },
      outputPadding: kind.outputPadding(padMode, effectiveKernelSize(kernelSize, dilation), stride),
      rule: paddingRule(name, padMode === "pad" ? padding : padMode),
      mode: paddingMode(name, "zeros"),
    };
    this.knowParameters();
  }

  /** An input without a batch axis is refused, as MindSpore's layers do. */
  override forward(x: Tensor): Tensor {
    if (x instanceof Tensor && x.rank !== 3)
      throw new ShapeError(`For '${this.#name}', the dimension of input must be 3d, but got ${x.rank}.`);
    return this.convolve(x);
  }

  protected abstract convolve(x: Tensor): Tensor;

  /** MindSpore 2.7's repr, but for initialiser objects: it prints their address, which no two runs share. */
  protected override extraRepr(): string {
    const { padding, settings, weightInit, biasInit } = this;
    return [
      `input_channels=${this.inChannels}, output_channels=${this.outChannels}, kernel_size=${tuple([1, this.kernelSize])}`,
      `stride=${tuple([1, settings.stride])}, pad_mode=${this.padMode}, padding=${tuple([0, 0, padding, padding])}`,
      `dilation=${tuple([1, settings.dilation])}, group=${settings.groups}, has_bias=${text(this.bias !== null)}`,
      `weight_init=${initText(weightInit)}, bias_init=${initText(biasInit)}, format=NCHW`,
    ].join(", ");
  }
}

const initText = (init: Init | null): string =>
  init instanceof Tensor ? `Tensor(shape=${list(init.shape)}, dtype=${init.dtype})` : text(init);

/** Another module's parameter, kept in a field, would become a parameter of this one. */
const plain = <T extends Init | null>(init: T): T => (init instanceof Tensor ? (detach(init) as T) : init);

/** A weight given as a tensor is 3-D here as in MindSpore, which inserts its dummy axis itself. */
function checkRank(layer: string, weightInit: unknown): void {
  if (weightInit instanceof Tensor && weightInit.rank !== 3)
    throw new OptionError(
      `For '${layer}', the 'weight_init_shape' must be int and must = 3, but got '${weightInit.rank}' with type 'int'.`,
    );
}

/** A parameter that starts from `init`. What the initialiser refuses is told with the layer's name behind it. */
function initialised(layer: string, option: string, init: Init, shape: Shape, dtype: FloatDType): Parameter {
  try {
    return new Parameter(cast(detach(initializer(init, shape, dtype)), dtype));
  } catch (error) {
    if (!(error instanceof AtrousError)) throw error;
    const Same = error.constructor as typeof AtrousError;
    throw new Same(`${error.message} (${option} of ${layer})`, { cause: error });
  }
}
