import { checkBoolean, checkOptions } from "../../core/options.ts";
import { resolveAxes, type Shape, sameShape, stridesOf } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { broadcastTo } from "../shape/broadcast.ts";
import { reshape } from "../shape/reshape.ts";

/** Which axes a reduction runs over, and whether they stay with length 1. */
export interface ReduceOptions {
  keepDim?: boolean;
}
export type Axes = number | readonly number[];

/** Sums over `axes`, which stay with length 1. */
export const sumOp: Op<{ axes: readonly number[] }> = {
  name: "sum",
  lower: ({ inputs, shape }, { axes }) => {
    const strides = stridesOf(shape);
    return {
      kernel: "sum",
      attributes: { shape: inputs[0]!.shape, outStrides: strides.map((s, axis) => (axes.includes(axis) ? 0 : s)) },
    };
  },
  gradient: (node, g) => [broadcastTo(g, node.inputs[0]!.shape)],
};

/** Validates the options of the reduction `op`, which knows those of `also` beside `keepDim`, and gives that one. */
export function checkKeepDim(op: string, options: ReduceOptions, also: readonly string[] = []): boolean {
  checkOptions(op, options, ["keepDim", ...also]);
  const { keepDim = false } = options;
  return checkBoolean(op, "keepDim", keepDim);
}

/** The sum over `axes` (all of them by default). */
export function sum(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkFloatTensor("sum", x);
  const keepDim = checkKeepDim("sum", options);
  return sumOver(x, resolveAxes("sum", axes, x.rank), keepDim);
}

/** As `sum`, over axes already resolved. */
export function sumOver(x: Tensor, over: readonly number[], keepDim: boolean): Tensor {
  const kept = x.shape.map((length, axis) => (over.includes(axis) ? 1 : length));
  const total = over.length === 0 ? x : makeNode(sumOp, [x], { axes: over }, kept, x.dtype);
  return keepDim
    ? total
    : reshape(
        total,
        kept.filter((_, axis) => !over.includes(axis)),
      );
}

/** Undoes broadcasting: sums `x` down to `shape`, from which it could have been broadcast. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < lead || (shape[axis - lead] === 1 && length !== 1) ? [axis] : [],
  );
  return reshape(sumOver(x, axes, true), shape);
}
