import { broadcastShapes, type Shape, sizeOf } from "../../../core/shape.ts";
import { Parameter } from "../../../graph/parameter.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { linear as rowsTimes } from "../../../ops/linear/linear.ts";
import { matmul } from "../../../ops/linear/matmul.ts";
import { broadcastTo } from "../../../ops/shape/broadcast.ts";
import { reshape } from "../../../ops/shape/reshape.ts";
import { transpose } from "../../../ops/shape/transpose.ts";
import type { Call } from "./call.ts";
import { Known } from "./known.ts";

/** Whether an input is no signal. */
export const isWeight = (call: Call, index: number): boolean => {
  const value = call.value(index);
  return value instanceof Known || value instanceof Parameter;
};

/**
 * The product as NumPy's `matmul`. One matrix for a whole batch is the filters of a convolution, and the other side its samples, which
 * may keep time. Where both could be, `isLeft` says that the filters are on the left.
 */
export function product(a: Tensor, b: Tensor, isLeft: boolean): Tensor {
  const [left, right] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const isOneLeft = sizeOf(left) === 1 && a.rank <= b.rank;
  const isOneRight = sizeOf(right) === 1 && b.rank <= a.rank;
  if (isOneRight && !(isOneLeft && isLeft)) return rowsTimes(a, transpose(reshape(b, b.shape.slice(-2)), 0, 1));
  if (isOneLeft) return overBatch(reshape(a, a.shape.slice(-2)), b, right);
  const batch = broadcastShapes("MatMul", left, right);
  const repeated = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return overBatch(repeated(a), repeated(b), batch);
}

/** With all axes of the batch as one. */
function overBatch(a: Tensor, b: Tensor, batch: Shape): Tensor {
  const flat = (x: Tensor): Tensor => (x.rank === 2 ? x : reshape(x, [sizeOf(batch), ...x.shape.slice(-2)]));
  const y = matmul(flat(a), flat(b));
  return reshape(y, [...batch, ...y.shape.slice(-2)]);
}
