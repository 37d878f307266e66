import type { DType } from "../../../core/dtype.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { cast } from "../../../ops/shape/cast.ts";

/** From the widest on. */
const WIDTH: readonly DType[] = ["float64", "float32", "int64", "int32"];

/**
 * Tensors with the widest of their element types. Only bools, the results of comparisons, need it: they are 0 and 1 in the type of
 * what was compared, and so may meet another.
 */
export function ofOneType(tensors: readonly Tensor[]): Tensor[] {
  const widest = WIDTH.find((dtype) => tensors.some((tensor) => tensor.dtype === dtype))!;
  return tensors.map((tensor) => cast(tensor, widest));
}
