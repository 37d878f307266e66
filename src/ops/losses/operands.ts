import { isFloat } from "../../core/dtype.ts";
import { DTypeError, ShapeError } from "../../core/errors.ts";
import { broadcastShapes, sameShape, showShape } from "../../core/shape.ts";
import { Tensor } from "../../graph/tensor.ts";
import { checkInput } from "../activations/input.ts";
import { tensor } from "../create.ts";

/** What weights and labels may be given as, beside a tensor. */
export type Numbers = number | readonly Numbers[];

/** Whether an option that may also be `null` says something. */
export const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** Two tensors of one shape: PyTorch only warns where they differ, and then compares everything with everything. */
export function checkPair(op: string, input: Tensor, target: Tensor): void {
  checkInput(op, input);
  checkInput(op, target);
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      `${op}: the input has shape ${showShape(input.shape)}, the target ${showShape(target.shape)}; they must be equal`,
    );
  if (input.dtype !== target.dtype)
    throw new DTypeError(
      `${op}: the input is ${input.dtype}, the target ${target.dtype}; convert one with .to("${input.dtype}")`,
    );
}

/** `values` as a tensor of the element type of `like`; plain numbers are converted, a tensor must have it already. */
export function asTensor(op: string, name: string, values: Tensor | Numbers, like: Tensor): Tensor {
  if (!(values instanceof Tensor)) return tensor(values, { dtype: like.dtype });
  if (!isFloat(values.dtype) || values.dtype !== like.dtype)
    throw new DTypeError(
      `${op}: ${name} is ${values.dtype}, the input ${like.dtype}; convert it with .to("${like.dtype}")`,
    );
  return values;
}

/** Weights that repeat along the axes of `input` where they have length 1 or none, without making it larger. */
export function asWeights(op: string, name: string, values: Tensor | Numbers, input: Tensor): Tensor {
  const weights = asTensor(op, name, values, input);
  if (!sameShape(broadcastShapes(`${op}: ${name}`, weights.shape, input.shape), input.shape))
    throw new ShapeError(
      `${op}: ${name} of shape ${showShape(weights.shape)} does not broadcast to the input's ${showShape(input.shape)}`,
    );
  return weights;
}
