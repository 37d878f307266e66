import type { Tensor } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Conv1dGeometry } from "../../src/core/geometry.ts";
import { conv, convInput, convWeight } from "../../src/ops/convolution/kernels.ts";
import { dot, filled, geometries, integers, RUNS, seeds } from "./arbitraries.ts";

/** T(x, w, g), summed term by term as it is written. */
function trilinearForm(geometry: Conv1dGeometry, x: Tensor, w: Tensor, g: Tensor): number {
  const { batch, inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore } = geometry;
  const { xLength, gLength } = geometry;
  const inPerGroup = inChannels / groups;
  const [xs, ws, gs] = [x.dataSync(), w.dataSync(), g.dataSync()];
  let sum = 0;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outChannels; o++)
      for (let t = 0; t < gLength; t++)
        for (let i = 0; i < inPerGroup; i++)
          for (let k = 0; k < kernelSize; k++) {
            const position = t * stride + k * dilation - padBefore;
            if (position < 0 || position >= xLength) continue;
            const channel = Math.floor(o / (outChannels / groups)) * inPerGroup + i;
            sum +=
              Number(gs[(n * outChannels + o) * gLength + t]) *
              Number(ws[(o * inPerGroup + i) * kernelSize + k]) *
              Number(xs[(n * inChannels + channel) * xLength + position]);
          }
  return sum;
}

test.each(["float32", "float64"] as const)(
  "⟨g, conv1d(x, w)⟩ = ⟨x, conv1dInput(g, w)⟩ = ⟨w, conv1dWeight(x, g)⟩ = T(x, w, g), %s",
  (dtype) => {
    fc.assert(
      fc.property(geometries, seeds, (geometry, seed) => {
        const next = integers(seed);
        const { batch, inChannels, outChannels, groups, kernelSize, xLength, gLength } = geometry;
        const x = filled([batch, inChannels, xLength], next, dtype);
        const w = filled([outChannels, inChannels / groups, kernelSize], next, dtype);
        const g = filled([batch, outChannels, gLength], next, dtype);
        const form = trilinearForm(geometry, x, w, g);
        expect(dot(g, conv(x, w, geometry))).toBe(form);
        expect(dot(x, convInput(g, w, geometry))).toBe(form);
        expect(dot(w, convWeight(x, g, geometry))).toBe(form);
      }),
      RUNS,
    );
  },
);
