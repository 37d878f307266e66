/** Where the samples of a resampled signal lie among those it is made of, in ONNX's words. Nothing here knows a tensor. */

interface Ratio {
  readonly up: number;
  readonly down: number;
}

/** Results per sample are a ratio, so that places which are whole or halves come out so. */
export interface Resampling extends Ratio {
  readonly length: number;
  readonly outLength: number;
}

type Place = (t: number, resampling: Resampling) => number;

const halfPixel: Place = (t, { up, down }) => ((t + 0.5) * down) / up - 0.5;

/**
 * `coordinate_transformation_mode`: the place of result `t`.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__Resize.html
 */
export const coordinates: ReadonlyMap<string, Place> = new Map<string, Place>([
  ["half_pixel", halfPixel],
  ["pytorch_half_pixel", (t, resampling) => (resampling.outLength > 1 ? halfPixel(t, resampling) : 0)],
  ["align_corners", (t, { length, outLength }) => (outLength > 1 ? (t * (length - 1)) / (outLength - 1) : 0)],
  ["asymmetric", (t, { up, down }) => (t * down) / up],
  // Around the middle: what the whole number of results is short of length · scale is cut off on both sides.
  [
    "half_pixel_symmetric",
    (t, { length, outLength, up, down }) => (length - 1) / 2 + ((t + 0.5 - outLength / 2) * down) / up,
  ],
]);

/** `nearest_mode`: the sample that is nearest to a place. */
export const roundings: ReadonlyMap<string, (place: number, resampling: Resampling) => number> = new Map([
  ["floor", Math.floor],
  ["ceil", Math.ceil],
  ["round_prefer_floor", (place: number) => Math.ceil(place - 0.5)],
  ["round_prefer_ceil", (place: number) => Math.floor(place + 0.5)],
  // What onnxruntime does with files from before there was a choice, which is 11.
  ["before 11", (place: number, { up, down }: Resampling) => (up < down ? Math.ceil(place) : Math.floor(place))],
]);

/**
 * A scale as the ratio that it was before it became a float32, if that was one of small numbers: 17/10 for 1.7000000476837158. Ratios
 * of more than about 2000 are as close together as floats, and would be found for any number.
 */
export const ratioOf = (scale: number): Ratio =>
  ratioNear(scale, (ratio) => Math.fround(ratio) === Math.fround(scale)) ?? { up: scale, down: 1 };

/** The ratio of the smallest numbers near a factor that `agrees` with it; `null` where there is none of small numbers. */
export function ratioNear(factor: number, agrees: (ratio: number) => boolean): Ratio | null {
  for (let down = 1; down <= 1000; down++) {
    const up = Math.round(factor * down);
    if (up > 0 && agrees(up / down)) return { up, down };
  }
  return null;
}
