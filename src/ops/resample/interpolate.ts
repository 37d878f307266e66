import { allocate } from "../../core/dtype.ts";
import { OptionError, ShapeError } from "../../core/errors.ts";
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkNumber,
  checkOptions,
  type Single,
  show,
} from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { composed, makeLeaf, type Tensor } from "../../graph/tensor.ts";
import { add, mul } from "../elementwise/binary.ts";
import { gather, type Meaning } from "../shape/gather.ts";
import { checkSignal } from "../signal.ts";

export interface InterpolateOptions {
  /** The length of the result. Either this or `scaleFactor`. */
  size?: Single | null;
  /** The result has `⌊L · scaleFactor⌋` samples. */
  scaleFactor?: number | readonly [number] | null;
  /** Default `"nearest"`. */
  mode?: "nearest" | "linear";
  /** With `"linear"`: whether first and last samples stay first and last, instead of the edges of their cells. Default false. */
  alignCorners?: boolean | null;
}

/** Options validated as far as they can be without a signal. */
export interface Interpolation {
  readonly size: number | null;
  readonly scaleFactor: number | null;
  readonly mode: "nearest" | "linear";
  readonly alignCorners: boolean;
}

/**
 * The signal at another number of samples per second: each output sample is the nearest sample at or before its place, or lies on
 * the line between its two neighbours.
 *
 * Shapes: x `(N, C, L)` or `(C, L)` (PyTorch: only the first); the result has length `size` or `⌊L · scaleFactor⌋`. As in
 * PyTorch, places follow from `scaleFactor` as given, not from the ratio of the lengths. Nearest by a whole factor repeats every
 * sample exactly (PyTorch's float32 places slip by one for a few factors: 41, 47, 55, …); by another factor places are computed in
 * the element type of x, as PyTorch does.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  return interpolated("interpolate", x, interpolation("interpolate", options));
}

export function interpolation(op: string, options: InterpolateOptions = {}): Interpolation {
  checkOptions(op, options, ["size", "scaleFactor", "mode", "alignCorners"]);
  const { size = null, scaleFactor = null, mode = "nearest", alignCorners = null } = options;
  if (size !== null && scaleFactor !== null)
    throw new OptionError(
      `${op}: only one of size or scaleFactor should be defined, got ${show(size)} and ${show(scaleFactor)}`,
    );
  if (size === null && scaleFactor === null)
    throw new OptionError(`${op}: either size or scaleFactor should be defined`);
  checkChoice(op, "mode", mode, ["nearest", "linear"]);
  if (alignCorners !== null && mode === "nearest")
    throw new OptionError(`${op}: alignCorners can only be set with mode "linear", got mode "nearest"`);
  return {
    size: size === null ? null : checkInteger(op, "size", size, 1),
    scaleFactor: scaleFactor === null ? null : checkFactor(op, scaleFactor),
    mode,
    alignCorners: alignCorners !== null && checkBoolean(op, "alignCorners", alignCorners),
  };
}

function checkFactor(op: string, given: unknown): number {
  const factor = checkNumber(op, "scaleFactor", Array.isArray(given) && given.length === 1 ? given[0] : given);
  if (factor > 0 && Number.isFinite(factor)) return factor;
  throw new OptionError(`${op}: scaleFactor must be positive and finite, got ${factor}`);
}

/** As `interpolate`, with options already resolved; `op` names the caller in errors. */
export function interpolated(op: string, x: Tensor, options: Interpolation): Tensor {
  const { size, scaleFactor, mode, alignCorners } = options;
  checkSignal(op, x);
  const length = x.shape.at(-1)!;
  const outLength = size ?? Math.floor(length * scaleFactor!);
  if (length < 1 || outLength < 1)
    throw new ShapeError(
      `${op}: input and output lengths must be at least 1, got ${length} and ${outLength} (input ${showShape(x.shape)}${scaleFactor ? `, scaleFactor ${scaleFactor}` : ""})`,
    );
  const step = scaleFactor ? 1 / scaleFactor : length / outLength;
  const linearStep = alignCorners ? (outLength > 1 ? (length - 1) / (outLength - 1) : 0) : step;
  const y =
    mode === "nearest"
      ? nearest(x, outLength, scaleFactor ?? outLength / length, step)
      : linear(x, outLength, linearStep, alignCorners);
  return composed("interpolate", [x], options, y);
}

function nearest(x: Tensor, outLength: number, factor: number, step: number): Tensor {
  const last = x.shape.at(-1)! - 1;
  const whole = Number.isInteger(factor);
  const round = x.dtype === "float32" ? Math.fround : (place: number): number => place;
  const index = new Int32Array(outLength);
  for (let t = 0; t < outLength; t++)
    index[t] = Math.min(whole ? Math.floor(t / factor) : nearestBefore(t, step, round), last);
  const meaning: Meaning = whole ? { kind: "repeat", times: factor } : { kind: "index" };
  return factor === 1 ? x : gather(x, x.rank - 1, index, meaning);
}

/** The sample at or before the place of result `t`, `step` samples from one to the next. */
export const nearestBefore = (t: number, step: number, round: (place: number) => number = Math.fround): number =>
  Math.floor(round(t * round(step)));

/** Where result `t` lies between samples, `step` of them from one to the next, edges of cells being kept. */
export const linearPlace = (t: number, step: number): number => Math.max((t + 0.5) * step - 0.5, 0);

/** Places are computed in double: in float32, as PyTorch has it, sample 100 000 would be off by up to a hundredth of a sample. */
function linear(x: Tensor, outLength: number, step: number, alignCorners: boolean): Tensor {
  const last = x.shape.at(-1)! - 1;
  const [before, after] = [new Int32Array(outLength), new Int32Array(outLength)];
  const [near, far] = [allocate(x.dtype, outLength), allocate(x.dtype, outLength)];
  for (let t = 0; t < outLength; t++) {
    const place = alignCorners ? t * step : linearPlace(t, step);
    const i = Math.min(Math.floor(place), last);
    const share = Math.min(place - i, 1);
    before[t] = i;
    after[t] = share > 0 ? Math.min(i + 1, last) : i; // a sample that has no share need not be there yet
    near[t] = 1 - share;
    far[t] = share;
  }
  const weighed = (index: Int32Array, weights: typeof near): Tensor =>
    mul(gather(x, x.rank - 1, index, { kind: "index" }), makeLeaf(weights, [outLength], x.dtype));
  return add(weighed(before, near), weighed(after, far));
}
