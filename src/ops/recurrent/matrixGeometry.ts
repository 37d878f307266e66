import type { Conv1dGeometry } from "../../core/geometry.ts";

/** A matrix applied to every moment of `(batch, inChannels, length)`: a convolution with one tap. */
export const matrixGeometry = (
  batch: number,
  inChannels: number,
  outChannels: number,
  length: number,
): Conv1dGeometry => ({
  ...{ batch, inChannels, outChannels, groups: 1, kernelSize: 1, stride: 1, dilation: 1, padBefore: 0 },
  ...{ xLength: length, gLength: length },
});
