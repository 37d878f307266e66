/** Matrix products. */
import { type Shape, sameShape, showShape } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, mul } from "../../../../ops/elementwise/binary.ts";
import { linear as rowsTimes } from "../../../../ops/linear/linear.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { transpose } from "../../../../ops/shape/transpose.ts";
import type { Operators } from "../operator.ts";
import { isWeight, product } from "../product.ts";

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
