import type { Layer } from "./network.ts";
import { randomNumbers } from "./random.ts";

export interface LayerOptions {
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly padding?: number;
}

const random = randomNumbers(1);

/** A convolution with PyTorch's default distribution of weights. */
export function conv1d(inChannels: number, outChannels: number, kernelSize: number, options: LayerOptions = {}): Layer {
  const groups = options.groups ?? 1;
  return layer(inChannels, outChannels, kernelSize, options, [outChannels, inChannels / groups, kernelSize]);
}

/** A transposed convolution. */
export function convTranspose1d(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: LayerOptions = {},
): Layer {
  const groups = options.groups ?? 1;
  return layer(inChannels, outChannels, kernelSize, options, [inChannels, outChannels / groups, kernelSize]);
}

function layer(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { stride = 1, dilation = 1, groups = 1, padding = 0 }: LayerOptions,
  weightShape: Layer["weightShape"],
): Layer {
  const [rows, columns, taps] = weightShape;
  const bound = 1 / Math.sqrt(columns * taps);
  const weight = random(rows * columns * taps, bound);
  const bias = random(outChannels, bound);
  return { inChannels, outChannels, kernelSize, stride, dilation, groups, padding, weightShape, weight, bias };
}
