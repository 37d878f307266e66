import type { TypedArray } from "../../core/dtype.ts";
import type { Conv1dGeometry } from "../../core/geometry.ts";
import { dotFor, type FloatArray } from "./multiplyAdd.ts";
import { tapRange } from "./taps.ts";

/** Positions of g summed before their partial sum joins the total: a plain float32 sum over 65 536 positions loses 3 digits. */
const WEIGHT_BLOCK = 256;

/**
 * (x, g) → w[o,i,k] = Σ_n Σ_t g[n,o,t] · x[n, i, t·stride + k·dilation − padBefore].
 *
 * The order that every backend keeps, a tree that depends on the shapes only: t is cut into blocks of 256 (the last one shorter);
 * in a block the terms with t ≡ lane (mod 4) are summed sequentially in four lanes, each starting at +0; the block's sum is
 * (lane0 + lane1) + (lane2 + lane3); the sums of blocks are added sequentially, n ascending, then blocks ascending. Four lanes
 * because that is what a 128-bit vector holds. The zeros beside the signal are terms like any other, see `conv1d`.
 */
export function conv1dWeight(geometry: Conv1dGeometry, inputs: readonly TypedArray[], out: TypedArray): void {
  const { batch, inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, xLength, gLength } =
    geometry;
  const [x, g, w] = [inputs[0], inputs[1], out] as [FloatArray, FloatArray, FloatArray];
  const dot = dotFor(w);
  const inPerGroup = inChannels / groups;
  const outPerGroup = outChannels / groups;
  for (let o = 0; o < outChannels; o++)
    for (let i = 0; i < inPerGroup; i++) {
      const channel = Math.floor(o / outPerGroup) * inPerGroup + i;
      for (let k = 0; k < kernelSize; k++) {
        const offset = k * dilation - padBefore;
        const [first, end] = tapRange(offset, stride, xLength, gLength);
        const at = (o * inPerGroup + i) * kernelSize + k;
        for (let n = 0; n < batch; n++) {
          const row = (n * outChannels + o) * gLength;
          const source = (n * inChannels + channel) * xLength + offset;
          for (let block = 0; block < gLength; block += WEIGHT_BLOCK) {
            const blockEnd = Math.min(end, block + WEIGHT_BLOCK);
            w[at] = w[at]! + dot(g, row, x, source, stride, Math.max(first, block), blockEnd);
          }
          for (let t = 0; t < first; t++) w[at] = w[at]! + 0 * g[row + t]!;
          for (let t = end; t < gLength; t++) w[at] = w[at]! + 0 * g[row + t]!;
        }
      }
    }
}
