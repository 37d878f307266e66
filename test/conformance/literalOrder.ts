import type { Conv1dGeometry } from "../../src/core/geometry.ts";

type FloatArray = Float32Array | Float64Array;
type Round = (value: number) => number;

/**
 * The three convolution kernels one output element at a time, with every rounding written out: the order of summation that all
 * backends keep, as its documentation has it and as slowly as that is. Pass `Math.fround` for float32.
 */
export interface LiteralKernels {
  conv1d(geometry: Conv1dGeometry, x: FloatArray, w: FloatArray): number[];
  conv1dInput(geometry: Conv1dGeometry, g: FloatArray, w: FloatArray): number[];
  conv1dWeight(geometry: Conv1dGeometry, x: FloatArray, g: FloatArray): number[];
}

export const literalKernels = (round: Round): LiteralKernels => ({
  /** i ascending, then k ascending, from +0. The signal is zero beside itself. */
  conv1d(geometry, x, w) {
    const { batch, outChannels, inPerGroup, kernelSize, stride, dilation, padBefore, xLength, gLength } =
      read(geometry);
    const out: number[] = [];
    for (let n = 0; n < batch; n++)
      for (let o = 0; o < outChannels; o++)
        for (let t = 0; t < gLength; t++) {
          let sum = 0;
          for (let i = 0; i < inPerGroup; i++)
            for (let k = 0; k < kernelSize; k++) {
              const j = t * stride + k * dilation - padBefore;
              const row = (n * geometry.inChannels + channelOf(geometry, o, i)) * xLength;
              const sample = j < 0 || j >= xLength ? 0 : x[row + j]!;
              sum = round(sum + round(w[(o * inPerGroup + i) * kernelSize + k]! * sample));
            }
          out.push(sum);
        }
    return out;
  },

  /** o ascending within the group, then k ascending, from +0. */
  conv1dInput(geometry, g, w) {
    const { batch, inPerGroup, outPerGroup, kernelSize, stride, dilation, padBefore, xLength, gLength } =
      read(geometry);
    const out: number[] = [];
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < geometry.inChannels; c++)
        for (let j = 0; j < xLength; j++) {
          let sum = 0;
          for (let step = 0; step < outPerGroup; step++)
            for (let k = 0; k < kernelSize; k++) {
              const o = Math.floor(c / inPerGroup) * outPerGroup + step;
              const t = (j + padBefore - k * dilation) / stride;
              if (!Number.isInteger(t) || t < 0 || t >= gLength) continue;
              const weight = w[(o * inPerGroup + (c % inPerGroup)) * kernelSize + k]!;
              sum = round(sum + round(weight * g[(n * geometry.outChannels + o) * gLength + t]!));
            }
          out.push(sum);
        }
    return out;
  },

  /** Blocks of 256 positions, in each four lanes by t mod 4, joined as (0 + 1) + (2 + 3); blocks added one after the other, n first. */
  conv1dWeight(geometry, x, g) {
    const { batch, outChannels, inPerGroup, kernelSize, stride, dilation, padBefore, xLength, gLength } =
      read(geometry);
    const out: number[] = [];
    for (let o = 0; o < outChannels; o++)
      for (let i = 0; i < inPerGroup; i++)
        for (let k = 0; k < kernelSize; k++) {
          let total = 0;
          for (let n = 0; n < batch; n++)
            for (let block = 0; block < gLength; block += 256) {
              const lanes: [number, number, number, number] = [0, 0, 0, 0];
              for (let t = block; t < Math.min(block + 256, gLength); t++) {
                const j = t * stride + k * dilation - padBefore;
                const row = (n * geometry.inChannels + channelOf(geometry, o, i)) * xLength;
                const sample = j < 0 || j >= xLength ? 0 : x[row + j]!;
                const lane = (t % 4) as 0 | 1 | 2 | 3;
                lanes[lane] = round(lanes[lane] + round(g[(n * outChannels + o) * gLength + t]! * sample));
              }
              total = round(total + round(round(lanes[0] + lanes[1]) + round(lanes[2] + lanes[3])));
            }
          out.push(total);
        }
    return out;
  },
});

const read = (geometry: Conv1dGeometry) => ({
  ...geometry,
  inPerGroup: geometry.inChannels / geometry.groups,
  outPerGroup: geometry.outChannels / geometry.groups,
});

/** The input channel that is number `i` in the group of output channel `o`. */
const channelOf = ({ inChannels, outChannels, groups }: Conv1dGeometry, o: number, i: number): number =>
  Math.floor((o * groups) / outChannels) * (inChannels / groups) + i;
