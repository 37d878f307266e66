import type { Tensor } from "../../graph/tensor.ts";
import { conv } from "../convolution/kernels.ts";
import { add } from "../elementwise/binary.ts";
import { reshape } from "../shape/reshape.ts";
import { lstm } from "./lstm.ts";
import { matrixGeometry } from "./matrixGeometry.ts";

/** The parameters of one layer in one direction, for H hidden units. */
export interface LstmWeights {
  /** `(4H, inputSize)` */
  readonly weightIh: Tensor;
  /** `(4H, H)` */
  readonly weightHh: Tensor;
  /** `(4H)` each, or none. */
  readonly biases: readonly Tensor[];
}

/**
 * One layer of an LSTM in one direction: x `(N, inputSize, T)` and the states before it, `(N, 2H)`, to the states `(N, 2H, T)`, each
 * time h, then c. Shapes are not checked. The part of the gates that depends on x is a convolution with one tap.
 */
export function lstmLayer(x: Tensor, { weightIh, weightHh, biases }: LstmWeights, initial: Tensor): Tensor {
  const [batch, features, length] = x.shape as [number, number, number];
  const rows = weightIh.shape[0]!;
  const weight = reshape(weightIh, [rows, features, 1]);
  const fromInput = conv(x, weight, matrixGeometry(batch, features, rows, length));
  const gates = biases.reduce((sum: Tensor, bias) => add(sum, reshape(bias, [rows, 1])), fromInput);
  return lstm(gates, weightHh, initial);
}
