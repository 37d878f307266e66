import type { TypedArray } from "../../core/dtype.ts";
import type { Conv1dGeometry } from "../../core/geometry.ts";
import { type FloatArray, multiplyAddFor } from "./multiplyAdd.ts";
import { tapRange } from "./taps.ts";

/**
 * (g, w) → x[n,i,j] = Σ_o Σ_k w[o,i,k] · g[n,o,t] over the pairs (t, k) with t·stride + k·dilation − padBefore = j.
 *
 * The order that every backend keeps: one sequential sum per output, starting at +0, o ascending within the group, then k
 * ascending (each k meets j in at most one t).
 */
export function conv1dInput(geometry: Conv1dGeometry, inputs: readonly TypedArray[], out: TypedArray): void {
  const { batch, inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, xLength, gLength } =
    geometry;
  const [g, w, x] = [inputs[0], inputs[1], out] as [FloatArray, FloatArray, FloatArray];
  const multiplyAdd = multiplyAddFor(x);
  const inPerGroup = inChannels / groups;
  const outPerGroup = outChannels / groups;
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < inChannels; c++) {
      const group = Math.floor(c / inPerGroup);
      const i = c - group * inPerGroup;
      for (let o = group * outPerGroup; o < (group + 1) * outPerGroup; o++)
        for (let k = 0; k < kernelSize; k++) {
          const weight = w[(o * inPerGroup + i) * kernelSize + k]!;
          const offset = k * dilation - padBefore;
          const [first, end] = tapRange(offset, stride, xLength, gLength);
          const row = (n * inChannels + c) * xLength + offset;
          const source = (n * outChannels + o) * gLength;
          multiplyAdd(x, row + first * stride, stride, g, source + first, 1, weight, end - first);
        }
    }
}
