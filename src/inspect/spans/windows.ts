import type { Conv1dGeometry } from "../../core/geometry.ts";
import type { WindowGeometry } from "../../core/kernels.ts";
import { expanded, join, noSpans, rowOf, type Spans } from "./span.ts";

/** The spans of groups of neighbouring rows, of any of them: a convolution sums over the channels of a group. */
function overRows(spans: Spans, groups: number, rowsPerGroup: number, length: number): Spans {
  const joint = noSpans(groups * length);
  for (let group = 0; group < groups; group++)
    for (let row = group * rowsPerGroup; row < (group + 1) * rowsPerGroup; row++)
      for (let t = 0; t < length; t++) join(joint, group * length + t, spans, row * length + t);
  return joint;
}

/** The same for every row of a group. */
function toRows(joint: Spans, groups: number, rowsPerGroup: number, length: number): Spans {
  const spans = noSpans(groups * rowsPerGroup * length);
  for (let row = 0; row < groups * rowsPerGroup; row++) {
    const from = Math.floor(row / rowsPerGroup) * length;
    spans.first.set(joint.first.subarray(from, from + length), row * length);
    spans.last.set(joint.last.subarray(from, from + length), row * length);
  }
  return spans;
}

/** A place, or the nearest that there is: beside the signal its edge stands for what a longer one would have. */
const within = (place: number, length: number): number => Math.min(Math.max(place, 0), length - 1);

const lengthsOf = (geometry: Conv1dGeometry): Omit<WindowGeometry, "rows"> => ({
  ...geometry,
  length: geometry.xLength,
  outLength: geometry.gLength,
});

/** Each result has what is under its window. */
export function underWindows(spans: Spans, geometry: WindowGeometry): Spans {
  const { length, outLength, kernelSize, stride, dilation, padBefore } = geometry;
  const row = rowOf(spans, length);
  const rows = row ? 1 : geometry.rows;
  const from = row ?? expanded(spans, rows * length);
  const result = noSpans(rows * outLength);
  for (let r = 0; r < rows; r++)
    for (let t = 0; t < outLength; t++)
      for (let k = 0; k < kernelSize; k++) {
        const at = within(t * stride + k * dilation - padBefore, length);
        join(result, r * outLength + t, from, r * length + at);
      }
  return result;
}

export function ofConv1d(signal: Spans, geometry: Conv1dGeometry): Spans {
  const { batch, groups, inChannels, outChannels, xLength, gLength } = geometry;
  const row = rowOf(signal, xLength);
  const rows = batch * groups;
  const joint = row ?? overRows(expanded(signal, batch * inChannels * xLength), rows, inChannels / groups, xLength);
  const results = underWindows(joint, { ...lengthsOf(geometry), rows });
  return row ? results : toRows(expanded(results, rows * gLength), rows, outChannels / groups, gLength);
}

/** As `ofConv1d`, the other way round: each result has the windows that it lies under. */
export function ofConv1dInput(signal: Spans, geometry: Conv1dGeometry): Spans {
  const { batch, groups, inChannels, outChannels, xLength, gLength, kernelSize, stride, dilation, padBefore } =
    geometry;
  const row = rowOf(signal, gLength);
  const rows = row ? 1 : batch * groups;
  const joint = row ?? overRows(expanded(signal, batch * outChannels * gLength), rows, outChannels / groups, gLength);
  const results = noSpans(rows * xLength);
  for (let r = 0; r < rows; r++)
    for (let t = 0; t < xLength; t++)
      for (let k = 0; k < kernelSize; k++) {
        const place = t + padBefore - k * dilation;
        if (place % stride === 0) join(results, r * xLength + t, joint, r * gLength + within(place / stride, gLength));
      }
  return row ? results : toRows(results, rows, inChannels / groups, xLength);
}
