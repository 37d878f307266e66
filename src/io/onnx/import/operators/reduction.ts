/** Reductions over axes: sums, means, extremes, and what is made of them. */
import { showShape, stridesOf } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, mul, sub } from "../../../../ops/elementwise/binary.ts";
import { clamp } from "../../../../ops/elementwise/clamp.ts";
import { abs, exp, log, sqrt } from "../../../../ops/elementwise/unary.ts";
import { argmax, argmin } from "../../../../ops/reduce/argmax.ts";
import { max, min } from "../../../../ops/reduce/max.ts";
import { mean } from "../../../../ops/reduce/mean.ts";
import { sum } from "../../../../ops/reduce/sum.ts";
import { cast } from "../../../../ops/shape/cast.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { axesOf } from "../axes.ts";
import type { Call } from "../call.ts";
import { placesIn } from "../folding/elementwise.ts";
import { elementsOf, knownSize } from "../folding/numbers.ts";
import type { Known } from "../known.ts";
import type { Operator, Operators } from "../operator.ts";

/** Of a tensor, over axes that stay with length 1 where `keepDim` says so. */
type Reduce = (x: Tensor, axes: readonly number[], keepDim: boolean) => Tensor;

const reducing = (compute: (values: readonly number[]) => number, build?: Reduce): Operator => ({
  known: [1],
  fold: (call) => {
    const x = call.known(0, "numbers");
    return along(call, x, over(call, x.shape.length), compute, x.dtype);
  },
  build: (call) => {
    if (!build) return call.fail("products of data are not computed here, only those of shapes and constants");
    const x = call.tensor(0);
    return build(x, over(call, x.rank), call.integer("keepdims", 1) !== 0);
  },
});

/** All axes where none are named, unless that means none. */
function over(call: Call, rank: number): readonly number[] {
  const axes = axesOf(call, rank) ?? [];
  if (axes.length > 0 || call.integer("noop_with_empty_axes", 0) !== 0) return axes.toSorted((a, b) => a - b);
  return Array.from({ length: rank }, (_, axis) => axis);
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const squares = (values: readonly number[]): number => total(values.map((value) => value * value));
const largest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** One axis after the other, from the last, which leaves the places of the others. */
const oneByOne =
  (extreme: (x: Tensor, axis: number, options: { keepDim: boolean }) => Tensor): Reduce =>
  (x, axes, keepDim) =>
    axes.toReversed().reduce((y, axis) => extreme(y, axis, { keepDim }), x);

const sumOf: Reduce = (x, axes, keepDim) => sum(x, axes, { keepDim });

export const reduction: Operators = {
  ReduceSum: reducing(total, sumOf),
  ReduceMean: reducing(
    (values) => total(values) / values.length,
    (x, axes, keepDim) => mean(x, axes, { keepDim }),
  ),
  ReduceMax: reducing(largest, oneByOne(max)),
  ReduceMin: reducing((values) => -largest(values.map((value) => -value)), oneByOne(min)),
  ReduceProd: reducing((values) => values.reduce((a, b) => a * b, 1)),
  ReduceL1: reducing(
    (values) => total(values.map(Math.abs)),
    (x, axes, keepDim) => sum(abs(x), axes, { keepDim }),
  ),
  ReduceL2: reducing(
    (values) => Math.sqrt(squares(values)),
    (x, axes, keepDim) => sqrt(sum(mul(x, x), axes, { keepDim })),
  ),
  ReduceSumSquare: reducing(squares, (x, axes, keepDim) => sum(mul(x, x), axes, { keepDim })),
  ReduceLogSum: reducing(
    (values) => Math.log(total(values)),
    (x, axes, keepDim) => log(sum(x, axes, { keepDim })),
  ),
  ReduceLogSumExp: reducing((values) => {
    const top = finite(largest(values));
    return top + Math.log(total(values.map((value) => Math.exp(value - top))));
  }, logSumExp),
  ArgMax: place(argmax, placeOfLargest),
  ArgMin: place(argmin, (values) => placeOfLargest(values.map((value) => -value))),
};

const MOST = 3.4e38;
const finite = (x: number): number => Math.min(Math.max(x, -MOST), MOST);

/** Exponents of what is at most 0, which cannot overflow. */
function logSumExp(x: Tensor, axes: readonly number[], keepDim: boolean): Tensor {
  // Infinite numbers would give ∞ − ∞.
  const top = clamp(oneByOne(max)(x, axes, true), -MOST, MOST);
  const y = add(log(sum(exp(sub(x, top)), axes, { keepDim: true })), top);
  return keepDim ? y : dropped(y, axes);
}

const dropped = (x: Tensor, axes: readonly number[]): Tensor =>
  reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );

/** Of the first one, as `argmax`: a NaN is larger than all. */
function placeOfLargest(values: readonly number[]): number {
  const top = largest(values);
  return values.findIndex((value) => value === top || Number.isNaN(value));
}

/** Where along one axis the first of the extremes is. */
function place(
  build: (x: Tensor, axis: number, options: { keepDim: boolean }) => Tensor,
  compute: (values: readonly number[]) => number,
): Operator {
  const axisOf = (call: Call, rank: number): number => {
    if (call.integer("select_last_index", 0) !== 0)
      call.fail("it wants the last of equal numbers (select_last_index is 1); only the first is read here");
    return call.axis(call.integer("axis", 0), rank);
  };
  return {
    fold: (call) => {
      const x = call.known(0, "numbers");
      const axis = axisOf(call, x.shape.length);
      if (x.shape[axis] === 0) call.fail(`there is nothing to compare along axis ${axis} of ${showShape(x.shape)}`);
      return along(call, x, [axis], compute, "int64");
    },
    build: (call) => {
      const x = call.tensor(0);
      const keepDim = call.integer("keepdims", 1) !== 0;
      return cast(build(x, axisOf(call, x.rank), { keepDim }), "int64");
    },
  };
}

function along(
  call: Call,
  x: Known,
  axes: readonly number[],
  compute: (values: readonly number[]) => number,
  dtype: Known["dtype"],
): Known {
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const groups = Array.from({ length: knownSize(call, kept) }, (): number[] => []);
  for (const [at, group] of placesIn(x.shape, strides, 0, x.size).entries()) groups[group]!.push(x.numbers[at]!);
  const keepDim = call.integer("keepdims", 1) !== 0;
  const shape = keepDim ? kept : kept.filter((_, axis) => !axes.includes(axis));
  return elementsOf(call, groups.map(compute), shape, dtype);
}
