/** Matrix products. */
import { broadcastShapes, type Shape, sameShape, showShape, sizeOf } from "../../../../core/shape.ts";
import { Parameter } from "../../../../graph/parameter.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, mul } from "../../../../ops/elementwise/binary.ts";
import { linear as rowsTimes } from "../../../../ops/linear/linear.ts";
import { matmul } from "../../../../ops/linear/matmul.ts";
import { broadcastTo } from "../../../../ops/shape/broadcast.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { transpose } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import { Known } from "../known.ts";
import type { Operators } from "../operator.ts";

export const linear: Operators = {
  Gemm: {
    build: (call) => {
      const [a, b] = [call.tensor(0), call.tensor(1)];
      if (a.rank !== 2 || b.rank !== 2)
        call.fail(`it multiplies matrices, but got shapes ${showShape(a.shape)} and ${showShape(b.shape)}`);
      const [alpha, beta] = [call.float("alpha", 1), call.float("beta", 1)];
      const rows = call.integer("transA", 0) ? transpose(a, 0, 1) : a;
      const weight = call.integer("transB", 0) ? b : transpose(b, 0, 1);
      const c = beta === 0 ? null : call.optionalTensor(2);
      const shape = [rows.shape[0]!, weight.shape[0]!];
      if (c && !broadcastsTo(c.shape, shape))
        call.fail(`C of shape ${showShape(c.shape)} does not broadcast to ${showShape(shape)}`);
      if (c && alpha === 1 && beta === 1 && sameShape(c.shape, shape.slice(1))) return rowsTimes(rows, weight, c);
      const scaled = times(rowsTimes(rows, weight), alpha);
      return c ? add(scaled, times(c, beta)) : scaled;
    },
  },
  MatMul: {
    build: (call) => {
      const [a, b] = [call.tensor(0), call.tensor(1)];
      if (a.rank === 0 || b.rank === 0)
        call.fail(`it multiplies matrices, but got shapes ${showShape(a.shape)} and ${showShape(b.shape)}`);
      // A vector is one row in front and one column behind, which the result has not.
      const left = a.rank === 1 ? reshape(a, [1, a.shape[0]!]) : a;
      const right = b.rank === 1 ? reshape(b, [b.shape[0]!, 1]) : b;
      const y = product(left, right, isWeight(call, 0));
      const missing = [...(a.rank === 1 ? [y.rank - 2] : []), ...(b.rank === 1 ? [y.rank - 1] : [])];
      return reshape(
        y,
        y.shape.filter((_, axis) => !missing.includes(axis)),
      );
    },
  },
};

const times = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : mul(x, factor));

const broadcastsTo = (from: Shape, to: Shape): boolean =>
  from.length <= to.length && from.every((length, i) => length === 1 || length === to.at(i - from.length));

const isWeight = (call: Call, index: number): boolean => {
  const value = call.value(index);
  return value instanceof Known || value instanceof Parameter;
};

/**
 * The product as NumPy's `matmul`. One matrix for a whole batch is the filters of a convolution, and the other side its samples, which
 * may keep time. Where both could be, `isLeft` says that the filters are on the left.
 */
function product(a: Tensor, b: Tensor, isLeft: boolean): Tensor {
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
