import type { TypedArray } from "../../core/dtype.ts";
import { OptionError, OptionTypeError, ShapeError } from "../../core/errors.ts";
import { isGiven, show } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { Tensor } from "../../graph/tensor.ts";
import { tensor } from "../create.ts";
import { add, equal } from "../elementwise/binary.ts";
import { where } from "../elementwise/where.ts";
import { sum } from "../reduce/sum.ts";
import { cast } from "../shape/cast.ts";
import { reshape } from "../shape/reshape.ts";
import { asTensor, type Numbers } from "./operands.ts";

/** The numbers of the right classes: a tensor of any element type that holds integers, or plain (nested) numbers. */
export type ClassTarget = Tensor | Numbers;

/** Classes are on axis 1 of `(N, C, …)`, and on axis 0 of `(C)`. */
export function classAxis(op: string, input: Tensor): number {
  if (input.rank === 0) throw new ShapeError(`${op}: expected an input of shape (C), (N, C) or (N, C, L), got []`);
  return input.rank === 1 ? 0 : 1;
}

/** One number for each class, shaped to stand along the class axis of the input; `null` if none are given. */
export function classWeights(
  op: string,
  weight: Tensor | Numbers | null | undefined,
  input: Tensor,
  axis: number,
): Tensor | null {
  if (!isGiven(weight)) return null;
  const weights = asTensor(op, "weight", weight, input);
  if (!sameShape(weights.shape, [input.shape[axis]!]))
    throw new ShapeError(
      `${op}: weight of shape ${showShape(weights.shape)} must hold one number for each of the ${input.shape[axis]} classes of the input ${showShape(input.shape)}`,
    );
  return reshape(weights, aligned(input, axis));
}

const aligned = (input: Tensor, axis: number): number[] => input.shape.map((length, i) => (i === axis ? length : 1));

/** The target as a tensor; plain numbers take the element type of the input. */
export function asTarget(op: string, target: ClassTarget, input: Tensor): Tensor {
  if (target instanceof Tensor) return target;
  if (typeof target === "number" || Array.isArray(target)) return tensor(target, { dtype: input.dtype });
  throw new OptionTypeError(`${op}: expected a target of class numbers, got ${show(target)}`);
}

/**
 * 1 at the right class of every position, 0 at the others, in the shape of the input; 0 throughout where the target is
 * `ignoreIndex`, and NaN where it is no class at all.
 *
 * @throws OptionError for such a target, if its numbers are already known; ShapeError
 */
export function oneHot(op: string, input: Tensor, axis: number, target: Tensor, ignoreIndex: number): Tensor {
  const positions = input.shape.toSpliced(axis, 1);
  if (!sameShape(target.shape, positions))
    throw new ShapeError(
      `${op}: a target of shape ${showShape(target.shape)} does not fit the input ${showShape(input.shape)}; expected ${showShape(positions)}, one class for each position`,
    );
  const count = input.shape[axis]!;
  const { value } = target.node();
  if (value) checkClasses(op, value, count, ignoreIndex);
  const labels = reshape(cast(target, input.dtype), input.shape.with(axis, 1));
  // A class to ignore is a number like no other, NaN, so that no target equals it.
  const classes = Array.from({ length: count }, (_, c) => (c === ignoreIndex ? Number.NaN : c));
  const hits = equal(labels, reshape(tensor(classes, { dtype: input.dtype }), aligned(input, axis)));
  if (value) return hits;
  const known = add(sum(hits, axis, { keepDim: true }), equal(labels, ignoreIndex));
  return where(known, hits, Number.NaN);
}

function checkClasses(op: string, target: TypedArray, count: number, ignoreIndex: number): void {
  for (const entry of target) {
    const label = Number(entry);
    if (label === ignoreIndex || (Number.isInteger(label) && label >= 0 && label < count)) continue;
    throw new OptionError(
      `${op}: target ${label} is not a class in 0..${count - 1}, nor ignoreIndex ${ignoreIndex}; classes are counted from 0`,
    );
  }
}
