/** Resize and Upsample, along one axis. */
import { allocate } from "../../../../core/dtype.ts";
import { type Shape, showShape, sizeOf } from "../../../../core/shape.ts";
import { makeLeaf, type Tensor } from "../../../../graph/tensor.ts";
import { add, mul } from "../../../../ops/elementwise/binary.ts";
import { type InterpolateOptions, interpolate, nearestBefore } from "../../../../ops/resample/interpolate.ts";
import { gather } from "../../../../ops/shape/gather.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { movedAxis } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";
import { coordinates, type Resampling, ratioOf, roundings } from "../places.ts";

export const resampling: Operators = {
  Upsample: { known: [1], build: (call) => resized(call, 1) },
  Resize: {
    known: [1, 2, 3],
    build: (call) => {
      for (const name of ["antialias", "exclude_outside"])
        if (call.integer(name, 0) !== 0) call.fail(`${name} is 1, which is not read here`);
      const policy = call.string("keep_aspect_ratio_policy", "stretch");
      if (policy !== "stretch") call.fail(`keep_aspect_ratio_policy ${policy} is not read here`);
      return resized(call, call.opset < 11 ? 1 : 2);
    },
  },
};

/** With the scales in the input `place`, and since 11 the sizes in the one after it. */
function resized(call: Call, place: number): Tensor {
  const x = call.tensor(0);
  const resample = resamplerOf(call);
  const [change, other] = changesOf(call, x.shape, place);
  if (!change) return x;
  if (other)
    call.fail(`it resamples several axes of shape ${showShape(x.shape)}; only one, which is time, is read here`);
  return movedAxis(resample(movedAxis(x, change.axis, -1), change), -1, change.axis);
}

/** What becomes of an axis. Its scale is from the file, or follows from the length that it asks for. */
interface Change extends Resampling {
  readonly axis: number;
  readonly isScaled: boolean;
}

/** Results that a file of a few bytes may ask for: so many, or so many per sample. */
const MOST = 2 ** 22;
const MOST_PER_SAMPLE = 2 ** 12;

function changesOf(call: Call, shape: Shape, place: number): Change[] {
  const scales = call.has(place) ? call.known(place, "scales").numbers : (call.floats("scales") ?? []);
  const sizes = (place === 2 ? call.knownIntegers(3, "sizes") : undefined) ?? [];
  const isScaled = sizes.length === 0;
  if (isScaled === (scales.length === 0)) call.fail("it should have either scales or sizes");
  const given = isScaled ? scales : sizes;
  const axes = (call.integers("axes") ?? shape.map((_, axis) => axis)).map((axis) => call.axis(axis, shape.length));
  if (given.length !== axes.length || new Set(axes).size < axes.length)
    call.fail(`${isScaled ? "scales" : "sizes"} [${given.join(", ")}] should be one for each of ${axes.length} axes`);
  const changes = axes.map((axis, i): Change => {
    const [length, number] = [shape[axis]!, given[i]!];
    // The product is a float32, which is whole again where the scale is a ratio that was rounded.
    const outLength = isScaled ? Math.floor(Math.fround(length * number)) : number;
    if (!(outLength >= 1 && outLength <= Math.max(MOST, length * MOST_PER_SAMPLE)))
      call.fail(`it makes ${outLength} of ${length} samples, which is not read here`);
    const { up, down } = isScaled ? ratioOf(number) : { up: outLength, down: length };
    return { axis, length, outLength, up, down, isScaled };
  });
  return changes.filter(({ up, down }) => up !== down);
}

/** Resamples the last axis. */
type Resample = (x: Tensor, change: Change) => Tensor;

function resamplerOf(call: Call): Resample {
  const isOld = call.opset < 11;
  const coordinate = isOld ? "asymmetric" : call.string("coordinate_transformation_mode", "half_pixel");
  const place = coordinates.get(coordinate);
  if (!place) return call.fail(`coordinate_transformation_mode ${coordinate} is not read here`);
  const mode = call.string("mode", "nearest");
  if (mode === "linear") return linearly(coordinate);
  if (mode !== "nearest") return call.fail(`mode ${mode} is not read here, only nearest and linear`);
  const rounding = isOld ? "before 11" : call.string("nearest_mode", "round_prefer_floor");
  const round = roundings.get(rounding);
  if (!round) return call.fail(`nearest_mode ${rounding} is not read here`);
  return (x, change) => {
    const { length, outLength } = change;
    const index = indexOf(outLength, (t) => Math.min(Math.max(round(place(t, change), change), 0), length - 1));
    const options = factorOf(change);
    if (options && ((coordinate === "asymmetric" && rounding === "floor") || isInterpolated(index, change)))
      return interpolated(x, options);
    return gather(x, x.rank - 1, index, { kind: "index" });
  };
}

/** Lines between neighbours; before the first and after the last sample there is only that. */
const linearly =
  (coordinate: string): Resample =>
  (x, change) => {
    const { length, outLength, up, down } = change;
    const alignCorners = coordinate === "align_corners";
    const isHalfPixel =
      coordinate === "half_pixel" ||
      (coordinate === "pytorch_half_pixel" && outLength > 1) ||
      (coordinate === "half_pixel_symmetric" && length * up === outLength * down);
    const options = factorOf(change);
    if (options && (isHalfPixel || alignCorners)) return interpolated(x, { ...options, mode: "linear", alignCorners });
    const places = Array.from({ length: outLength }, (_, t) =>
      Math.min(Math.max(coordinates.get(coordinate)!(t, change), 0), length - 1),
    );
    const weighed = (index: Int32Array, weightOf: (place: number) => number): Tensor => {
      const weights = allocate(x.dtype, outLength);
      for (const [t, at] of places.entries()) weights[t] = weightOf(at);
      return mul(gather(x, x.rank - 1, index, { kind: "index" }), makeLeaf(weights, [outLength], x.dtype));
    };
    const before = indexOf(outLength, (t) => Math.floor(places[t]!));
    const after = indexOf(outLength, (t) => Math.ceil(places[t]!));
    return add(
      weighed(before, (at) => 1 - (at - Math.floor(at))),
      weighed(after, (at) => at - Math.floor(at)),
    );
  };

function indexOf(count: number, source: (t: number) => number): Int32Array {
  const index = new Int32Array(count);
  for (let t = 0; t < count; t++) index[t] = source(t);
  return index;
}

/**
 * What to tell `interpolate`, which finds its places by the factor or by the lengths; `null` where it would come to another length.
 * A factor is the better one to tell, because it says what to do at other lengths.
 */
function factorOf({ length, outLength, up, down, isScaled }: Change): InterpolateOptions | null {
  const scale = up / down;
  const isWhole = outLength % length === 0 || length % outLength === 0;
  if ((isScaled || isWhole) && Math.floor(length * scale) === outLength) return { scaleFactor: scale };
  return isScaled ? null : { size: outLength };
}

/** Whether `interpolate` takes the same samples. */
const isInterpolated = (index: Int32Array, { length, up, down }: Change): boolean =>
  index.every((source, t) => {
    const taken = up % down === 0 ? Math.floor((t * down) / up) : nearestBefore(t, down / up);
    return source === Math.min(taken, length - 1);
  });

/** It takes `(N, C, L)`; the axes in front may be any number. */
function interpolated(x: Tensor, options: InterpolateOptions): Tensor {
  if (x.rank === 2 || x.rank === 3) return interpolate(x, options);
  const y = interpolate(reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]), options);
  return reshape(y, x.shape.with(-1, y.shape.at(-1)!));
}
