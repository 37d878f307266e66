import { ShapeError } from "../core/errors.ts";
import { type Shape, sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { checkCompanionDType, checkFloatTensor, checkTensor } from "./elementwise/operand.ts";

/** Checks that `x` is `(batch, channels, length)` or `(channels, length)`, of a float type. */
export function checkSignal(op: string, x: Tensor): void {
  checkFloatTensor(op, x);
  checkSignalRank(op, x);
}

export function checkSignalRank(op: string, x: Tensor): void {
  if (x.rank !== 2 && x.rank !== 3)
    throw new ShapeError(
      `${op}: expected an input (channels, length) or (batch, channels, length), got shape ${showShape(x.shape)}`,
    );
}

/** Checks a tensor that goes with `x`, such as a weight or a running mean: its shape, and the element type of `x`. */
export function checkCompanion(op: string, name: string, tensor: Tensor, shape: Shape, x: Tensor): void {
  checkTensor(op, tensor, `${name} must be a tensor`);
  checkCompanionDType(op, name, tensor, x);
  if (!sameShape(tensor.shape, shape))
    throw new ShapeError(
      `${op}: ${name} must have shape ${showShape(shape)}, got ${showShape(tensor.shape)} (input ${showShape(x.shape)})`,
    );
}
