import { OptionError, OptionTypeError, ShapeError } from "../../core/errors.ts";
import { checkCount, checkInteger, show } from "../../core/options.ts";
import { resolveAxis, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { gather } from "./gather.ts";

/** Start (inclusive), end (exclusive), step; negative positions count from the end, as in Python and `Array.slice`. */
export type Range = readonly [start: number, end?: number, step?: number];

/**
 * The part of `x` from `start` to `end` along `axis`, every `step`-th element. Positions outside are clamped, as in Python.
 */
export function slice(x: Tensor, axis: number, ...[start, end, step = 1]: Range): Tensor {
  checkTensor("slice", x);
  const at = resolveAxis("slice", axis, x.rank);
  const length = x.shape[at]!;
  const every = checkInteger("slice", "step", step, 1);
  const position = (value: number): number => {
    if (typeof value !== "number")
      throw new OptionTypeError(`slice: start and end must be integers, got ${show(value)}`);
    if (!Number.isInteger(value)) throw new OptionError(`slice: start and end must be integers, got ${value}`);
    return Math.min(Math.max(value < 0 ? value + length : value, 0), length);
  };
  const from = position(start);
  const count = Math.max(Math.ceil((position(end === undefined ? length : end) - from) / every), 0);
  if (count === length) return x;
  return gather(x, at, everyFrom(from, every, count), { kind: "slice", start, end, step: every });
}

/** A loop, because `Int32Array.from` is 40 times as slow, and such maps are as long as signals. */
function everyFrom(from: number, every: number, count: number): Int32Array {
  const index = new Int32Array(count);
  for (let i = 0; i < count; i++) index[i] = from + i * every;
  return index;
}

/** Consecutive parts of `axis`, of one length or of the lengths given (which must add up to the axis). */
export function split(x: Tensor, lengths: number | readonly number[], axis = 0): Tensor[] {
  checkTensor("split", x);
  const at = resolveAxis("split", axis, x.rank);
  const total = x.shape[at]!;
  const parts = Array.isArray(lengths)
    ? lengths.map((length) => checkCount("split", "every length", length, 0))
    : equalParts(total, checkCount("split", "lengths", lengths, 1));
  if (parts.reduce((a, b) => a + b, 0) !== total)
    throw new ShapeError(
      `split: lengths ${showShape(parts)} do not add up to axis ${at} of shape ${showShape(x.shape)}`,
    );
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((a, b) => a + b, 0));
  return parts.map((length, i) => slice(x, at, starts[i]!, starts[i]! + length));
}

const equalParts = (total: number, each: number): number[] =>
  Array.from({ length: Math.ceil(total / each) }, (_, i) => Math.min(each, total - i * each));

/** `x` cut along `axis` into `count` parts of (nearly) equal length, as PyTorch's `chunk`. */
export function chunk(x: Tensor, count: number, axis = 0): Tensor[] {
  checkTensor("chunk", x);
  const at = resolveAxis("chunk", axis, x.rank);
  return split(x, Math.max(Math.ceil(x.shape[at]! / checkInteger("chunk", "count", count, 1)), 1), at);
}

/** `x` in reverse along `axis`. */
export function flip(x: Tensor, axis: number): Tensor {
  checkTensor("flip", x);
  const at = resolveAxis("flip", axis, x.rank);
  const length = x.shape[at]!;
  return gather(x, at, everyFrom(length - 1, -1, length), { kind: "flip" });
}
