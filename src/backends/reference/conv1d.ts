import type { TypedArray } from "../../core/dtype.ts";
import type { Conv1dGeometry } from "../../core/geometry.ts";
import { type FloatArray, multiplyAddFor } from "./multiplyAdd.ts";
import { tapRange } from "./taps.ts";

/**
 * (x, w) → g[n,o,t] = Σ_i Σ_k w[o,i,k] · x[n, i, t·stride + k·dilation − padBefore].
 *
 * The order that every backend keeps: one sequential sum per output, starting at +0, i ascending, then k ascending; product and
 * sum rounded separately. Time runs in the innermost loop, which changes no sum. The zeros beside the signal are terms like any
 * other: they change nothing, unless the weight is not finite, because 0 · ∞ is NaN.
 */
export function conv1d(geometry: Conv1dGeometry, inputs: readonly TypedArray[], out: TypedArray): void {
  const { batch, inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, xLength, gLength } =
    geometry;
  const [x, w, g] = [inputs[0], inputs[1], out] as [FloatArray, FloatArray, FloatArray];
  const multiplyAdd = multiplyAddFor(g);
  const inPerGroup = inChannels / groups;
  const outPerGroup = outChannels / groups;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outChannels; o++) {
      const row = (n * outChannels + o) * gLength;
      const firstChannel = n * inChannels + Math.floor(o / outPerGroup) * inPerGroup;
      for (let i = 0; i < inPerGroup; i++)
        for (let k = 0; k < kernelSize; k++) {
          const weight = w[(o * inPerGroup + i) * kernelSize + k]!;
          const offset = k * dilation - padBefore;
          const [first, end] = tapRange(offset, stride, xLength, gLength);
          const source = (firstChannel + i) * xLength + offset;
          multiplyAdd(g, row + first, 1, x, source + first * stride, stride, weight, end - first);
          if (Number.isFinite(weight)) continue;
          g.fill(Number.NaN, row, row + first);
          g.fill(Number.NaN, row + end, row + gLength);
        }
    }
}
