import type { Conv1dGeometry } from "../../core/geometry.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";

/**
 * The three partial derivatives of T(x, w, g) = Σ g[n,o,t] · w[o,i,k] · x[n, i, t·stride + k·dilation − padBefore] as operations.
 * Each is linear in both inputs, and the derivatives of each are the other two: they are closed under differentiation.
 */

/** The geometry, and what it leaves open: how much of the padding was to come after the signal. A kernel needs not know. */
export interface ConvAttributes extends Conv1dGeometry {
  readonly padAfter?: number;
}

/** ∂T/∂g: (x, w) → g. */
export const convOp: Op<ConvAttributes> = {
  name: "conv1d",
  lower: (_node, geometry) => ({ kernel: "conv1d", attributes: geometry }),
  gradient: ({ inputs: [x, w] }, g, geometry) => [convInput(g, w!, geometry), convWeight(x!, g, geometry)],
};

/** ∂T/∂x: (g, w) → x. */
export const inputOp: Op<Conv1dGeometry> = {
  name: "conv1dInput",
  lower: (_node, geometry) => ({ kernel: "conv1dInput", attributes: geometry }),
  gradient: ({ inputs: [g, w] }, x, geometry) => [conv(x, w!, geometry), convWeight(x, g!, geometry)],
};

/** ∂T/∂w: (x, g) → w. */
const weightOp: Op<Conv1dGeometry> = {
  name: "conv1dWeight",
  lower: (_node, geometry) => ({ kernel: "conv1dWeight", attributes: geometry }),
  gradient: ({ inputs: [x, g] }, w, geometry) => [convInput(g!, w, geometry), conv(x!, w, geometry)],
};

export const conv = (x: Tensor, w: Tensor, geometry: ConvAttributes): Tensor =>
  makeNode(convOp, [x, w], geometry, [geometry.batch, geometry.outChannels, geometry.gLength], x.dtype);

export const convInput = (g: Tensor, w: Tensor, geometry: Conv1dGeometry): Tensor =>
  makeNode(inputOp, [g, w], geometry, [geometry.batch, geometry.inChannels, geometry.xLength], g.dtype);

export const convWeight = (x: Tensor, g: Tensor, geometry: Conv1dGeometry): Tensor =>
  makeNode(weightOp, [x, g], geometry, weightShape(geometry), x.dtype);

const weightShape = ({ outChannels, inChannels, groups, kernelSize }: Conv1dGeometry): number[] => [
  outChannels,
  inChannels / groups,
  kernelSize,
];
