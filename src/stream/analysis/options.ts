import type { ConvAttributes } from "../../ops/convolution/kernels.ts";
import type { IndexMap } from "../../ops/shape/gather.ts";
import type { Aligned } from "./align.ts";

/** Whether a node has other options at another length, apart from those that rules and kernels expect to: lengths along time, and paddings. */
export function hasVaryingOptions(node: Aligned): boolean {
  const [first, ...others] = node.attributes.map((attributes) => JSON.stringify(optionsOf(node, attributes)));
  return others.some((other) => other !== first);
}

function optionsOf({ name, inputs }: Aligned, attributes: unknown): unknown {
  if (name === "conv1d" || name === "conv1dInput") {
    const { inChannels, outChannels, groups, kernelSize, stride, dilation } = attributes as ConvAttributes;
    return { inChannels, outChannels, groups, kernelSize, stride, dilation };
  }
  if (name !== "gather" && name !== "scatterAdd") return attributes;
  const { axis, index, meaning } = attributes as IndexMap;
  if (axis !== inputs[0]!.time) return { axis, index: Array.from(index) };
  return meaning.kind === "slice" ? { step: meaning.step } : meaning;
}
