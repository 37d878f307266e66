import { resolveAxis } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { div, mul } from "../elementwise/binary.ts";
import { sqrt } from "../elementwise/unary.ts";
import { sum } from "../reduce/sum.ts";

/**
 * The Euclidean norm of v over all axes but `dim`, which the result keeps in place: `(out, 1, 1)` for axis 0 of `(out, in, k)`.
 * `null` means all axes, and a result without any.
 */
export function normExcept(v: Tensor, dim: number | null): Tensor {
  if (dim === null) return sqrt(sum(mul(v, v)));
  const kept = resolveAxis("weightNorm", dim, v.rank);
  const others = v.shape.flatMap((_, axis) => (axis === kept ? [] : [axis]));
  return sqrt(sum(mul(v, v), others, { keepDim: true }));
}

/** `v · (g / ‖v‖)`: direction and length of a weight apart (Salimans & Kingma 2016). A direction of length 0 gives NaN. */
export const weightNormalised = (v: Tensor, g: Tensor, dim: number | null): Tensor =>
  mul(v, div(g, normExcept(v, dim)));
