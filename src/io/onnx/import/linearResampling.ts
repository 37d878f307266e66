/** Resampling by lines between samples: torch.onnx with dynamo writes it as two selections of samples and what lies between them. */

import type { Tensor } from "../../../graph/tensor.ts";
import { type Interpolation, interpolated, linearPlace } from "../../../ops/resample/interpolate.ts";
import type { IndexMap } from "../../../ops/shape/gather.ts";
import type { Budget } from "./call.ts";
import { ratioNear } from "./places.ts";

/** What `start + change` is, as one operation, if it is a signal resampled by lines between its samples; else `null`. */
export function linearResampling(start: Tensor, change: Tensor, budget: Budget): Tensor | null {
  const lines = linesOf(start, change);
  if (!lines) return null;
  const { source, places } = lines;
  budget.entries -= places.length;
  const options = optionsFor(source.shape.at(-1)!, places);
  return options && interpolated("importOnnx", source, { mode: "linear", ...options });
}

/** The samples of the source between which the results lie, as fractions. */
interface Lines {
  readonly source: Tensor;
  readonly places: Float64Array;
}

/** `start + (end − start) · shares`, where start and end are neighbours in one signal, and the shares are known. */
function linesOf(start: Tensor, { op, inputs }: Tensor): Lines | null {
  const [difference, shares] = inputs;
  if (op?.name !== "mul" || difference!.op?.name !== "sub" || difference!.inputs[1] !== start) return null;
  const end = difference!.inputs[0]!;
  const [source] = start.inputs;
  if (start.op?.name !== "gather" || end.op?.name !== "gather" || end.inputs[0] !== source) return null;
  const [before, after] = [start.attributes as IndexMap, end.attributes as IndexMap];
  const count = before.index.length;
  const { rank } = source!;
  const { value, owner } = shares!;
  if ((rank !== 2 && rank !== 3) || before.axis !== rank - 1 || after.axis !== rank - 1) return null;
  // What is trained is no share.
  if (!(value instanceof Float32Array || value instanceof Float64Array) || owner !== shares) return null;
  if (value.length !== count || after.index.length !== count || shares!.shape.at(-1) !== count) return null;
  const last = before.length - 1;
  const areNeighbours = before.index.every((place, t) => after.index[t] === Math.min(place + 1, last));
  return areNeighbours ? { source: source!, places: Float64Array.from(before.index, (i, t) => i + value[t]!) } : null;
}

type Options = Omit<Interpolation, "mode">;

/** The option of `interpolate` that has its results at these places of `length` samples; `null` if none has. */
function optionsFor(length: number, places: Float64Array): Options | null {
  const outLength = places.length;
  if (length < 1 || outLength < 1) return null;
  const byLength = { size: outLength, scaleFactor: null };
  const ratio = outLength / length;
  const whole = length * ratio === outLength ? { size: null, scaleFactor: ratio } : byLength;
  const guess = (outLength - 0.5) / (places.at(-1)! + 0.5);
  // Where places cannot tell ratios apart, none is found.
  const near = ratioNear(guess, (ratio) => Math.abs(ratio - guess) <= ROUNDING * guess);
  const factor = near && near.up / near.down;
  if (factor !== null && Math.floor(length * factor) === outLength && areAt(places, (t) => linearPlace(t, 1 / factor)))
    return { size: null, scaleFactor: factor, alignCorners: false };
  if (areAt(places, (t) => linearPlace(t, length / outLength))) return { ...byLength, alignCorners: false };
  const step = outLength > 1 ? (length - 1) / (outLength - 1) : 0;
  return areAt(places, (t) => t * step) ? { ...whole, alignCorners: true } : null;
}

/** Places and steps are float32, and rounded at most four times. */
const ROUNDING = 2 ** -21;

const areAt = (places: Float64Array, expected: (t: number) => number): boolean =>
  places.every((place, t) => Math.abs(place - expected(t)) <= ROUNDING * (place + 1));
