import type { Tensor } from "../../graph/tensor.ts";
import { conv } from "../convolution/kernels.ts";
import { add } from "../elementwise/binary.ts";
import { reshape } from "../shape/reshape.ts";
import { matrixGeometry } from "./matrixGeometry.ts";

/** The parameters of one layer in one direction, for H hidden units with G gates each. */
export interface RecurrentWeights {
  /** `(G · H, inputSize)` */
  readonly weightIh: Tensor;
  /** `(G · H, H)` */
  readonly weightHh: Tensor;
  /** `(G · H)` each, for x and for h, or none. */
  readonly biases: readonly Tensor[];
}

/**
 * One layer in one direction: x `(N, inputSize, T)` and the states before it, `(N, S · H)`, to the states `(N, S · H, T)`, the hidden
 * states first. Shapes are not checked.
 */
export type RecurrentLayer = (x: Tensor, weights: RecurrentWeights, initial: Tensor) => Tensor;

/** The part of the gates that depends on x alone, `(N, G · H, T)`: a convolution with one tap. */
export function inputGates(x: Tensor, weightIh: Tensor, biases: readonly Tensor[]): Tensor {
  const [batch, features, length] = x.shape as [number, number, number];
  const rows = weightIh.shape[0]!;
  const weight = reshape(weightIh, [rows, features, 1]);
  const fromInput = conv(x, weight, matrixGeometry(batch, features, rows, length));
  return biases.reduce((sum, bias) => add(sum, reshape(bias, [rows, 1])), fromInput);
}
