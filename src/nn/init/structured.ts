/** Weights that are something as a whole: a rotation, the identity. */
import { OptionError, ShapeError } from "../../core/errors.ts";
import { checkCount } from "../../core/options.ts";
import { defaultGenerator, drawNormal } from "../../core/random/index.ts";
import { showShape, sizeOf } from "../../core/shape.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { checkFinite } from "../options.ts";
import { checkParameter, filled } from "./fill.ts";
import { orthonormalise } from "./orthonormal.ts";

/**
 * A random matrix of `shape[0]` rows and all the rest as columns whose rows, or columns if there are fewer, are orthogonal and of
 * length `gain` (Saxe et al. 2014). Computed in float64, PyTorch's in the parameter's own type: equal to about 1e-6 in float32.
 */
export function orthogonal(parameter: Parameter, gain = 1): Parameter {
  const { shape, size } = checkParameter("init.orthogonal", parameter);
  checkFinite("init.orthogonal", "gain", gain);
  if (shape.length < 2 || size === 0)
    throw new ShapeError(`init.orthogonal: expected at least 2 axes and one element, got shape ${showShape(shape)}`);
  const [rows, columns] = [shape[0]!, size / shape[0]!];
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const place = (i: number): number => (rows < columns ? i : (i % length) * columns + Math.floor(i / length));
  return filled(parameter, (out) => {
    drawNormal(defaultGenerator, out);
    const vectors = Float64Array.from({ length: size }, (_, i) => out[place(i)]!);
    orthonormalise(vectors, count, length);
    for (let i = 0; i < size; i++) out[place(i)] = gain * vectors[i]!;
  });
}

/** The convolution that passes its channels through, within each group: 1 at the centre (`⌊kernelSize/2⌋`) of tap `[o, i]`, o ≡ i. */
export function dirac(parameter: Parameter, groups = 1): Parameter {
  const { shape } = checkParameter("init.dirac", parameter);
  checkCount("init.dirac", "groups", groups, 1);
  if (shape.length < 3 || shape.length > 5)
    throw new ShapeError(`init.dirac: expected 3, 4 or 5 axes, got shape ${showShape(shape)}`);
  const [outChannels, inChannels, ...taps] = shape as [number, number, ...number[]];
  const perGroup = outChannels / groups;
  if (!Number.isInteger(perGroup))
    throw new OptionError(`init.dirac: axis 0 of shape ${showShape(shape)} must be divisible by groups ${groups}`);
  const centre = taps.reduce((offset, length) => offset * length + Math.floor(length / 2), 0);
  return filled(parameter, (out) => {
    for (let group = 0; group < groups; group++)
      for (let i = 0; i < Math.min(perGroup, inChannels); i++)
        out[((group * perGroup + i) * inChannels + i) * sizeOf(taps) + centre] = 1;
  });
}
