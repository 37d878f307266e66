import { ShapeError } from "../../core/errors.ts";
import { checkInteger, checkOptions } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { reshape } from "../shape/reshape.ts";
import { type AffineOptions, affine, checkAffine, checkEps, standardise } from "./standardise.ts";

/**
 * Cuts the channels into `numGroups` and normalises each group of each signal, over its channels and time:
 * `y = (x − mean) / √(variance + eps) · weight + bias`.
 *
 * Shapes: x `(N, C, …)`, weight and bias `(C)`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function groupNorm(x: Tensor, numGroups: number, options: AffineOptions = {}): Tensor {
  checkOptions("groupNorm", options, ["weight", "bias", "eps"]);
  return normaliseGroups("groupNorm", x, numGroups, options);
}

/** As `groupNorm`; `op` names the caller in errors. */
export function normaliseGroups(op: string, x: Tensor, numGroups: number, options: AffineOptions): Tensor {
  const groups = checkInteger(op, "numGroups", numGroups, 1);
  const eps = checkEps(op, options.eps);
  checkFloatTensor(op, x);
  if (x.rank < 2)
    throw new ShapeError(`${op}: expected an input (batch, channels, …), got shape ${showShape(x.shape)}`);
  const [batch, channels, ...rest] = x.shape as [number, number, ...number[]];
  if (channels % groups !== 0)
    throw new ShapeError(
      `${op}: Expected number of channels in input to be divisible by numGroups, but got input of shape ${showShape(x.shape)} and numGroups=${groups}`,
    );
  checkAffine(op, options, [channels], x);
  const size = (channels / groups) * rest.reduce((a, b) => a * b, 1);
  const { y } = standardise(reshape(x, [batch, groups, size]), [2], eps);
  const result = affine(reshape(y, x.shape), options, [channels, ...rest.map(() => 1)]);
  return composed("groupNorm", [x], { numGroups: groups, eps }, result);
}
