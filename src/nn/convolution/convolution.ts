import type { Conv1dOptions, ConvSettings } from "../../core/geometry.ts";
import type { Padding, PaddingModeName } from "../../core/padding/index.ts";
import { Parameter } from "../../graph/parameter.ts";
import { zeros } from "../../ops/create.ts";
import { linearDefault } from "../init/fans.ts";
import { Module } from "../module.ts";
import { checkLayer, convRepr, type LayerOptions } from "./options.ts";

/** The positional arguments of a convolution layer, as given. */
export type LayerArguments = Record<"inChannels" | "outChannels" | "kernelSize", unknown>;

/** What the two convolution layers share: checked sizes, the parameters and their start, the repr, the way to the adjoint. */
export abstract class Convolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly padding: Padding;
  weight: Parameter;
  bias: Parameter | null;
  readonly settings: ConvSettings;

  /** `first` names the channels that axis 0 of the weight runs over; axis 1 has the others, divided by `groups`. */
  constructor(
    layer: string,
    first: "inChannels" | "outChannels",
    sizes: LayerArguments,
    options: Conv1dOptions & LayerOptions,
    settings: ConvSettings,
  ) {
    super();
    const { padding = 0 } = options;
    const { inChannels, outChannels, kernelSize, bias, dtype } = checkLayer(layer, sizes, options, settings);
    const [rows, others] = first === "outChannels" ? [outChannels, inChannels] : [inChannels, outChannels];
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.padding = padding;
    this.weight = new Parameter(zeros([rows, others / settings.groups, kernelSize], { dtype }));
    this.bias = bias ? new Parameter(zeros([outChannels], { dtype })) : null;
    this.settings = settings;
    this.knowParameters();
    linearDefault(this.weight, this.bias);
  }

  /** @internal The options that a layer and its adjoint have in common. */
  pairOptions(): Conv1dOptions {
    const { stride, dilation, groups, mode } = this.settings;
    return { stride, dilation, groups, padding: this.padding, paddingMode: mode.name as PaddingModeName };
  }

  /**
   * Gives `layer` the weight of this one, whatever that is when it is asked for. A parameter is a parameter of both. A weight that
   * is computed (weight norm, also one applied later) has its parameters here, and here alone. Assigning to the weight of `layer`
   * ends the loan.
   */
  protected lendWeight<T extends Convolution>(layer: T): T {
    const own = { configurable: true, enumerable: true };
    Object.defineProperty(layer, "weight", {
      ...own,
      get: () => this.weight,
      set: (value: Parameter) => Object.defineProperty(layer, "weight", { ...own, writable: true, value }),
    });
    return layer;
  }

  protected override extraRepr(): string {
    return convRepr(this, this.settings);
  }
}
