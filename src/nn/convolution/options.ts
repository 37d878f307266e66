import type { FloatDType } from "../../core/dtype.ts";
import { type ConvSettings, checkGroups, effectiveKernelSize } from "../../core/geometry.ts";
import { checkBoolean, checkCount, checkInteger } from "../../core/options.ts";
import type { Padding } from "../../core/padding/index.ts";
import { type DTypeOption, layerDType } from "../options.ts";

/** Options of a layer that its operation does not have. */
export interface LayerOptions extends DTypeOption {
  /** Whether the layer adds a learned number per output channel. Default true. */
  bias?: boolean;
}
export const LAYER_OPTIONS = ["bias", "dtype"] as const;

/** Checks the positional arguments of a convolution layer, and the options that are its own. */
export function checkLayer(
  layer: string,
  { inChannels, outChannels, kernelSize }: Record<"inChannels" | "outChannels" | "kernelSize", unknown>,
  options: LayerOptions,
  settings: ConvSettings,
): { inChannels: number; outChannels: number; kernelSize: number; bias: boolean; dtype: FloatDType } {
  const checked = {
    inChannels: checkCount(layer, "inChannels", inChannels, 1),
    outChannels: checkCount(layer, "outChannels", outChannels, 1),
    kernelSize: checkInteger(layer, "kernelSize", kernelSize, 1),
    bias: checkBoolean(layer, "bias", options.bias === undefined ? true : options.bias),
    dtype: layerDType(layer, options),
  };
  checkGroups(layer, "inChannels", checked.inChannels, settings.groups);
  checkGroups(layer, "outChannels", checked.outChannels, settings.groups);
  return checked;
}

/** The hyper-parameters of a convolution layer as PyTorch prints them: what has its default value is left out. */
export function convRepr(
  layer: { inChannels: number; outChannels: number; kernelSize: number; padding: Padding; bias: unknown },
  { stride, dilation, groups, outputPadding, mode }: ConvSettings,
): string {
  const { inChannels, outChannels, kernelSize, bias } = layer;
  const padding = typeof layer.padding === "string" ? layer.padding : tuple(layer.padding);
  return [
    `${inChannels}, ${outChannels}, kernel_size=(${kernelSize},), stride=(${stride},)`,
    ...(padding === "(0,)" ? [] : [`padding=${padding}`]),
    ...(dilation === 1 ? [] : [`dilation=(${dilation},)`]),
    ...(outputPadding === 0 ? [] : [`output_padding=(${outputPadding},)`]),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
    ...(bias ? [] : ["bias=False"]),
    ...(mode.name === "zeros" ? [] : [`padding_mode=${mode.name}`]),
  ].join(", ");
}

function tuple(padding: Exclude<Padding, string>): string {
  const sides = typeof padding === "number" ? [padding] : [...padding];
  return sides.length === 1 || sides[0] === sides[1] ? `(${sides[0]},)` : `(${sides.join(", ")})`;
}

/** The samples that the windows of a convolution leave over at the end of `length`: the `outputPadding` that restores it. */
export function remainderOf({ rule, stride, dilation }: ConvSettings, kernelSize: number, length: number): number {
  const span = { effectiveKernelSize: effectiveKernelSize(kernelSize, dilation), stride };
  const [before, after] = rule(span, length);
  return Math.max(length + before + after - span.effectiveKernelSize, 0) % stride;
}
