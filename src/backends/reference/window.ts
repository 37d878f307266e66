import type { TypedArray } from "../../core/dtype.ts";
import type { RowIndex, WindowGeometry } from "../../core/kernels.ts";
import type { FloatArray } from "./multiplyAdd.ts";
import { tapRange } from "./taps.ts";

/** The position in the row of the first maximum of each window; a NaN is larger than everything. */
export function argmaxWindow(geometry: WindowGeometry, [x]: readonly TypedArray[], out: TypedArray): void {
  const { rows, length, outLength, kernelSize, stride, dilation, padBefore } = geometry;
  const from = x as FloatArray;
  const index = (out as Int32Array).fill(-1);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < kernelSize; k++) {
      const offset = k * dilation - padBefore;
      const [first, end] = tapRange(offset, stride, length, outLength);
      for (let t = first; t < end; t++) {
        const best = index[row * outLength + t]!;
        const candidate = t * stride + offset;
        const value = from[row * length + candidate]!;
        const largest = from[row * length + best]!;
        if (best < 0 || value > largest || (Number.isNaN(value) && !Number.isNaN(largest)))
          index[row * outLength + t] = candidate;
      }
    }
}

/** out[row, t] = x[row, index[row, t]] */
export function take({ rows, length, count }: RowIndex, [x, index]: readonly TypedArray[], out: TypedArray): void {
  const [from, at, to] = [x as FloatArray, index as Int32Array, out as FloatArray];
  for (let row = 0; row < rows; row++)
    for (let t = 0; t < count; t++) to[row * count + t] = from[row * length + at[row * count + t]!]!;
}

/** out[row, index[row, t]] += g[row, t], t ascending. */
export function put({ rows, length, count }: RowIndex, [g, index]: readonly TypedArray[], out: TypedArray): void {
  const [from, at, to] = [g as FloatArray, index as Int32Array, out as FloatArray];
  for (let row = 0; row < rows; row++)
    for (let t = 0; t < count; t++) {
      const target = row * length + at[row * count + t]!;
      to[target] = to[target]! + from[row * count + t]!;
    }
}
