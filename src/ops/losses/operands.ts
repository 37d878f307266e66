import { DTypeError, OptionTypeError, ShapeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { broadcastShapes, sameShape, showShape } from "../../core/shape.ts";
import { Tensor } from "../../graph/tensor.ts";
import { tensor } from "../create.ts";
import { checkCompanionDType, checkFloatTensor } from "../elementwise/operand.ts";

/** What weights and labels may be given as, beside a tensor. */
export type Numbers = number | readonly Numbers[];

/** Two tensors of one shape: PyTorch only warns where they differ, and then compares everything with everything. */
export function checkPair(op: string, input: Tensor, target: Tensor): void {
  checkFloatTensor(op, input);
  checkFloatTensor(op, target);
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
  if (typeof values === "number" || Array.isArray(values)) return tensor(values, { dtype: like.dtype });
  if (!(values instanceof Tensor))
    throw new OptionTypeError(`${op}: ${name} must be a tensor or (nested) numbers, got ${show(values)}`);
  checkCompanionDType(op, name, values, like);
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
