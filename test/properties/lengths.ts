import type { Convolution } from "./arbitraries.ts";

/** Samples before and after the signal, from the definition of each rule. */
function sidesOf({ kernelSize, options: { dilation, padding } }: Convolution): readonly [number, number] {
  const reach = dilation * (kernelSize - 1);
  if (padding === "valid") return [0, 0];
  if (padding === "causal") return [reach, 0];
  if (padding === "same") return [Math.floor(reach / 2), Math.ceil(reach / 2)];
  return typeof padding === "number" ? [padding, padding] : padding;
}

/** Whether the mode can make the padding from a signal of `length`: reflection leaves the edge out, a circle goes round once. */
function canPad(convolution: Convolution, length: number): boolean {
  const { paddingMode } = convolution.options;
  const most = paddingMode === "reflect" ? length - 1 : paddingMode === "circular" ? length : Number.POSITIVE_INFINITY;
  return length >= 1 && Math.max(...sidesOf(convolution)) <= most;
}

/** How many windows fit into the padded signal, counted; `undefined` where conv1d has no answer. */
export function outputLengthOf(convolution: Convolution): number | undefined {
  const { kernelSize, length, options } = convolution;
  const [before, after] = sidesOf(convolution);
  const last = options.dilation * (kernelSize - 1);
  let windows = 0;
  while (windows * options.stride + last < before + length + after) windows++;
  return canPad(convolution, length) && windows > 0 ? windows : undefined;
}

/** The length that `convolution.length` samples are spread out to; `undefined` where convTranspose1d has no answer. */
export function transposedLengthOf(convolution: Convolution, outputPadding: number): number | undefined {
  const { kernelSize, length, options } = convolution;
  const [before, after] = sidesOf(convolution);
  const lastWindow = (length - 1) * options.stride;
  const long = lastWindow + options.dilation * (kernelSize - 1) + 1 + outputPadding - before - after;
  return canPad(convolution, long) ? long : undefined;
}
