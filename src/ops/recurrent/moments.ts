import type { Tensor } from "../../graph/tensor.ts";
import { convInput } from "../convolution/kernels.ts";
import { mul, sub } from "../elementwise/binary.ts";
import { cat } from "../shape/cat.ts";
import { reshape } from "../shape/reshape.ts";
import { slice } from "../shape/slice.ts";
import { permute } from "../shape/transpose.ts";
import { matrixGeometry } from "./matrixGeometry.ts";

/** What gradients through time are made of: columns `(N, C)` of signals `(N, C, T)`. */

export type Moments = (t: number) => Tensor;

/** The columns of a signal, brought together in memory first. */
export function byMoment(x: Tensor): Moments {
  const first = permute(x, [2, 0, 1]);
  return (t) => reshape(slice(first, 0, t, t + 1), x.shape.slice(0, 2));
}

/** The signal of these columns. */
export function ofMoments(columns: readonly Tensor[]): Tensor {
  const [batch, channels] = columns[0]!.shape as [number, number];
  return permute(reshape(cat(columns, 0), [columns.length, batch, channels]), [1, 2, 0]);
}

/** σ′ from σ. */
export const slope = (y: Tensor): Tensor => mul(y, sub(1, y));

/** The gradient of a column x from that of `weight · x`; weight `(rows, columns, 1)`. */
export function back(gradient: Tensor, weight: Tensor): Tensor {
  const [batch] = gradient.shape as [number];
  const [rows, columns] = weight.shape as [number, number];
  const geometry = matrixGeometry(batch, columns, rows, 1);
  return reshape(convInput(reshape(gradient, [batch, rows, 1]), weight, geometry), [batch, columns]);
}
