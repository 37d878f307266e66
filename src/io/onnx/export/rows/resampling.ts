/** Resampling by a factor or to a length, as far as onnxruntime finds the same places in float32. */
import { type Interpolation, nearestBefore } from "../../../../ops/resample/interpolate.ts";
import type { OnnxAttribute } from "../../proto/index.ts";
import { isConstant, lengthsByAxis } from "../lengths.ts";
import { refuse } from "../refuse.ts";
import { first, lengthsOf, type Row } from "../row.ts";

export const resampled: Row = (site) => {
  const [x] = site.label!.inputs;
  const options = site.label!.attributes as readonly Interpolation[];
  const [{ mode, alignCorners }] = options as [Interpolation];
  if (options.some((other) => other.mode !== mode || other.alignCorners !== alignCorners)) return null;
  const [before, after] = [lengthsOf(x!, -1), lengthsOf(site, -1)];
  const isFixed = isConstant(before) && isConstant(after);
  const factors = new Set(options.map((each) => each.scaleFactor));
  const [one] = factors;
  // What asks for a length may say it as a factor where that comes to the length; a ratio such as 31/24 does but for rounding.
  const slack = mode === "linear" ? 1e-12 : 0;
  const meetsLengths = options.every(
    (each, i) => each.scaleFactor === null || Math.abs(before[i]! * each.scaleFactor - after[i]!) <= slack * after[i]!,
  );
  if (factors.size > 1 && !meetsLengths) return null;
  const scaleFactor = factors.size === 1 ? one! : null;
  const byLengths = scaleFactor === null || (isFixed && meetsLengths);
  const isSame = byLengths
    ? mode === "linear" || before.every((length, i) => samePlaces(after[i]!, length / after[i]!, after[i]! / length))
    : !isFixed && sameResults(scaleFactor, mode);
  // What has one length is an index map as well as any.
  if (!isSame && isFixed) return null;
  if (!isSame)
    return refuse(
      `interpolate ${scaleFactor === null ? "to a length that depends on that of the signal" : `by ${scaleFactor}`} takes other samples in onnxruntime, which computes in float32; dynamic: false fixes all lengths`,
    );
  const { rank } = first(site);
  const attributes: Record<string, OnnxAttribute> = {
    mode: { string: mode },
    coordinate_transformation_mode: {
      string: mode === "nearest" ? "asymmetric" : alignCorners ? "align_corners" : "half_pixel",
    },
    ...(mode === "nearest" && { nearest_mode: { string: "floor" } }),
  };
  return {
    inputs: [x!],
    write: ({ emitter }, name) => {
      if (!byLengths) {
        const scales = Array.from({ length: rank }, (_, axis) => (axis === rank - 1 ? scaleFactor : 1));
        return emitter.node("Resize", [name!, "", emitter.floats(scales)], attributes);
      }
      const lengths = lengthsByAxis(site.nodes);
      return emitter.node("Resize", [name!, "", "", emitter.integersOf(lengths, "a length")], attributes);
    },
  };
};

/** Lengths that are tried: a second and a half at 44.1 kHz. */
const MANY = 2 ** 16;

/** Whether a factor that is rounded to float32 makes as many results, from the same samples if the nearest are taken. */
function sameResults(factor: number, mode: Interpolation["mode"]): boolean {
  const rounded = Math.fround(factor);
  for (let length = 1; length <= MANY; length++)
    if (Math.floor(length * factor) !== Math.floor(Math.fround(length * rounded))) return false;
  return mode === "linear" || samePlaces(MANY, 1 / factor, factor);
}

/** Whether multiplying by `step` and dividing by `factor` find the same samples before `count` results. */
function samePlaces(count: number, step: number, factor: number): boolean {
  if (Number.isInteger(factor)) return true;
  for (let t = 0; t < count; t++)
    if (nearestBefore(t, step) !== Math.floor(Math.fround(t / Math.fround(factor)))) return false;
  return true;
}
