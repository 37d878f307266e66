import type { TypedArray } from "../../core/dtype.ts";
import type { AxisIndex, Kernels } from "../../core/kernels.ts";
import type { FloatArray } from "./multiplyAdd.ts";
import { eachRow, rowsOf } from "./rows.ts";

/** out[a, q, b] = x[a, index[q], b], 0 where the index is −1. */
export function gather({ outer, length, inner, index }: AxisIndex, [x]: readonly TypedArray[], out: TypedArray): void {
  const [from, to] = [x as FloatArray, out as FloatArray];
  const count = index.length;
  for (let a = 0; a < outer; a++)
    for (let q = 0; q < count; q++) {
      if (index[q]! < 0) continue;
      const source = (a * length + index[q]!) * inner;
      const target = (a * count + q) * inner;
      for (let b = 0; b < inner; b++) to[target + b] = from[source + b]!;
    }
}

/** out[a, index[q], b] += g[a, q, b], q ascending. */
export function scatterAdd(attributes: AxisIndex, [g]: readonly TypedArray[], out: TypedArray): void {
  const { outer, length, inner, index } = attributes;
  const [from, to] = [g as FloatArray, out as FloatArray];
  const count = index.length;
  for (let a = 0; a < outer; a++)
    for (let q = 0; q < count; q++) {
      if (index[q]! < 0) continue;
      const target = (a * length + index[q]!) * inner;
      const source = (a * count + q) * inner;
      for (let b = 0; b < inner; b++) to[target + b] = to[target + b]! + from[source + b]!;
    }
}

/** out[i…] = x[Σ i·stride]. */
export function copy({ shape, strides }: Kernels["copy"], [x]: readonly TypedArray[], out: TypedArray): void {
  const [from, to] = [x as FloatArray, out as FloatArray];
  const rows = rowsOf(shape, [strides]);
  const step = rows.steps[0]!;
  eachRow(rows, (target, [source]) => {
    for (let t = 0; t < rows.length; t++) to[target + t] = from[source! + t * step]!;
  });
}

/** The inputs one after the other along an axis. */
export function concat(attributes: Kernels["concat"], inputs: readonly TypedArray[], out: TypedArray): void {
  const { outer, lengths, inner } = attributes;
  let target = 0;
  for (let a = 0; a < outer; a++)
    inputs.forEach((input, i) => {
      const size = lengths[i]! * inner;
      (out as FloatArray).set((input as FloatArray).subarray(a * size, (a + 1) * size), target);
      target += size;
    });
}

/** Towards integers truncated; what is not finite becomes 0, as an Int32Array has it. */
export function cast({ to }: Kernels["cast"], [x]: readonly TypedArray[], out: TypedArray): void {
  const from = x!;
  for (let i = 0; i < from.length; i++) {
    const value = Number(from[i]);
    out[i] = to === "int64" ? BigInt(Number.isFinite(value) ? Math.trunc(value) : 0) : value;
  }
}
