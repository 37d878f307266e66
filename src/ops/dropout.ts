import { allocate, type FloatDType } from "../core/dtype.ts";
import { OptionError, ShapeError } from "../core/errors.ts";
import { checkBoolean, checkNumber } from "../core/options.ts";
import { defaultGenerator } from "../core/random/index.ts";
import { type Shape, showShape, sizeOf } from "../core/shape.ts";
import { makeLeaf, type Tensor } from "../graph/tensor.ts";
import { mul } from "./elementwise/binary.ts";
import { checkFloatTensor } from "./elementwise/operand.ts";

/**
 * Sets each element to 0 with probability `p` and divides the others by `1 − p`, so that the mean stays; nothing unless
 * `training`.
 *
 * Which elements is drawn when this is called, from the default generator: the elements PyTorch drops on a CPU for the same seed
 * (where it is built without MKL, which draws its own way).
 *
 * Srivastava et al. 2014; https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  checkFloatTensor("dropout", x);
  return masked("dropout", x, x.shape, p, training);
}

/** As `dropout`, of whole channels: x is `(N, C, L)` or `(C, L)`. */
export function dropout1d(x: Tensor, p = 0.5, training = true): Tensor {
  checkFloatTensor("dropout1d", x);
  if (x.rank !== 2 && x.rank !== 3)
    throw new ShapeError(`dropout1d: expected x of shape (N, C, L) or (C, L), got ${showShape(x.shape)}`);
  return masked("dropout1d", x, x.shape.with(-1, 1), p, training);
}

/** A probability in 0..1. */
export function checkProbability(op: string, p: unknown): number {
  const value = checkNumber(op, "p", p);
  if (value >= 0 && value <= 1) return value;
  throw new OptionError(`${op}: p must be a probability in 0..1, got ${value}`);
}

function masked(op: string, x: Tensor, shape: Shape, p: number, training: boolean): Tensor {
  const keep = 1 - checkProbability(op, p);
  if (!checkBoolean(op, "training", training) || p === 0 || x.size === 0) return x;
  const mask = allocate(x.dtype, sizeOf(shape)) as Float32Array | Float64Array;
  const scale = 1 / (x.dtype === "float32" ? Math.fround(keep) : keep);
  // Nothing is drawn where nothing is kept, as in PyTorch: the stream stays where it is.
  if (p < 1) for (let i = 0; i < mask.length; i++) mask[i] = defaultGenerator.float64() < keep ? scale : 0;
  return mul(x, makeLeaf(mask, shape, x.dtype as FloatDType));
}
