/** What the result of each kernel depends on, element by element: a closed list, as in `core/kernels.ts`. */
import type { AxisIndex, KernelCall, Kernels, Recurrence, RowIndex } from "../../core/kernels.ts";
import { expanded, holdEdges, join, noSpans, rowOf, type Spans, sameSpans } from "./span.ts";
import { eachPlace } from "./strided.ts";
import { ofConv1d, ofConv1dInput, underWindows } from "./windows.ts";

/** An input of a kernel: its size, and its spans, `null` where it depends on no sample. */
export interface Part {
  readonly size: number;
  readonly spans: Spans | null;
}

/** The spans of a kernel's result of `size` elements, at least one of whose inputs depends on the signal. */
export function spansOf({ kernel, attributes }: KernelCall, parts: readonly Part[], size: number): Spans {
  const [a, b] = parts as [Part, Part | undefined];
  const only = a.spans!;
  switch (kernel) {
    case "alias":
    case "cast":
      return only;
    case "elementwise":
      return elementwise(attributes, parts, size);
    case "copy":
      return elementwise({ shape: attributes.shape, strides: [attributes.strides] }, parts, size);
    case "gather":
      return gather(attributes, a, size);
    case "scatterAdd":
      return scatterAdd(attributes, a, size);
    case "concat":
      return concat(attributes, parts, size);
    case "sum":
      return sum(attributes, a, size);
    case "argmaxWindow":
      return underWindows(only, attributes);
    case "take":
      // The places of the largest among windows of the same signal; else it can be any of a row.
      return b?.spans ?? anywhere(attributes, a);
    case "cumsum":
      return b?.spans ? everything(parts) : running(only, attributes.rows, attributes.length);
    case "recurrence":
      return recurrence(attributes, parts);
    case "conv1d":
      return b?.spans ? everything(parts) : ofConv1d(only, attributes);
    case "conv1dInput":
      return b?.spans ? everything(parts) : ofConv1dInput(only, attributes);
    case "conv1dWeight":
    case "put":
      return everything(parts);
  }
}

function elementwise(
  { shape, strides }: Pick<Kernels["elementwise"], "shape" | "strides">,
  parts: readonly Part[],
  size: number,
): Spans {
  const length = shape.at(-1) ?? 1;
  const rows = parts.map(({ spans }, i) => {
    const step = strides[i]!.at(-1) ?? 0;
    if (!spans) return null;
    return step === 1 || spans.first.length === 1 ? rowOf(spans, length) : null;
  });
  const uniform = parts.every(({ spans }, i) => !spans || rows[i]);
  const result = noSpans(uniform ? length : size);
  parts.forEach(({ spans, size: count }, i) => {
    if (!spans) return;
    if (uniform) for (let t = 0; t < length; t++) join(result, t, rows[i]!, t);
    else {
      const from = expanded(spans, count);
      eachPlace(shape, strides[i]!, (element, place) => join(result, element, from, place));
    }
  });
  return result;
}

function sum({ shape, outStrides }: Kernels["sum"], { spans, size: count }: Part, size: number): Spans {
  const row = outStrides.at(-1) === 1 ? rowOf(spans!, shape.at(-1)!) : null;
  if (row) return row;
  const result = noSpans(size);
  const from = expanded(spans!, count);
  eachPlace(shape, outStrides, (element, place) => join(result, place, from, element));
  return result;
}

function eachIndex({ outer, length, inner, index }: AxisIndex, body: (mapped: number, own: number) => void): void {
  for (let a = 0; a < outer; a++)
    for (let q = 0; q < index.length; q++)
      if (index[q]! >= 0)
        for (let b = 0; b < inner; b++) body((a * length + index[q]!) * inner + b, (a * index.length + q) * inner + b);
}

function gather(map: AxisIndex, { spans, size: count }: Part, size: number): Spans {
  const row = map.inner === 1 ? rowOf(spans!, map.length) : null;
  if (map.inner > 1 && rowOf(spans!, map.inner) && !map.index.includes(-1)) return spans!;
  const result = noSpans(row ? map.index.length : size);
  const from = row ?? expanded(spans!, count);
  eachIndex(row ? { ...map, outer: 1 } : map, (place, own) => join(result, own, from, place));
  return holdEdges(result, row ? 1 : map.outer, map.index.length, map.inner);
}

function scatterAdd(map: AxisIndex, { spans, size: count }: Part, size: number): Spans {
  const row = map.inner === 1 ? rowOf(spans!, map.index.length) : null;
  const result = noSpans(row ? map.length : size);
  const from = row ?? expanded(spans!, count);
  eachIndex(row ? { ...map, outer: 1 } : map, (place, own) => join(result, place, from, own));
  return result;
}

function concat({ outer, lengths, inner }: Kernels["concat"], parts: readonly Part[], size: number): Spans {
  const [head] = parts as [Part];
  if (inner > 1 && parts.every(({ spans }) => spans && rowOf(spans, inner) && sameSpans(spans, head.spans!)))
    return head.spans!;
  const rows = inner === 1 ? parts.map(({ spans }, i) => spans && rowOf(spans, lengths[i]!)) : [];
  const uniform = inner === 1 && parts.every(({ spans }, i) => !spans || rows[i]);
  const result = noSpans(uniform ? lengths.reduce((total, length) => total + length, 0) : size);
  const all = uniform ? rows : parts.map(({ spans, size: count }) => spans && expanded(spans, count));
  let at = 0;
  for (let a = 0; a < (uniform ? 1 : outer); a++)
    all.forEach((spans, i) => {
      const count = lengths[i]! * inner;
      result.first.set(spans?.first.subarray(a * count, (a + 1) * count) ?? [], at);
      result.last.set(spans?.last.subarray(a * count, (a + 1) * count) ?? [], at);
      at += count;
    });
  const length = lengths.reduce((total, each) => total + each, 0);
  return holdEdges(result, uniform ? 1 : outer, length, inner);
}

function anywhere({ rows, length, count }: RowIndex, { spans, size }: Part): Spans {
  const from = expanded(spans!, size);
  const result = noSpans(rows * count);
  for (let row = 0; row < rows; row++) {
    const whole = joined({ first: from.first.subarray(row * length), last: from.last.subarray(row * length) }, length);
    for (let to = row * count; to < (row + 1) * count; to++) join(result, to, whole, 0);
  }
  return result;
}

/** Each moment has what all before it have. */
function running(input: Spans, rows: number, length: number): Spans {
  const row = rowOf(input, length);
  const from = row ?? expanded(input, rows * length);
  const result = noSpans(from.first.length);
  for (let at = 0; at < result.first.length; at++) {
    join(result, at, from, at);
    if (at % length > 0) join(result, at, result, at - 1);
  }
  return result;
}

/** After a step or two every state depends on everything before: all units, and all signals of a batch, are taken together. */
function recurrence({ length }: Recurrence, parts: readonly Part[]): Spans {
  const [{ spans, size }] = parts as [Part];
  if (!spans || parts.slice(1).some((part) => part.spans)) return everything(parts);
  const joint = noSpans(length);
  const from = rowOf(spans, length) ?? expanded(spans, size);
  for (let at = 0; at < from.first.length; at++) join(joint, at % length, from, at);
  return running(joint, 1, length);
}

function joined(spans: Spans, count: number): Spans {
  const whole = noSpans(1);
  for (let at = 0; at < count; at++) join(whole, 0, spans, at);
  return whole;
}

/** From the first to the last of all: an upper bound, for weights that are made of the signal. */
function everything(parts: readonly Part[]): Spans {
  const whole = noSpans(1);
  for (const { spans } of parts) if (spans) join(whole, 0, joined(spans, spans.first.length), 0);
  return whole;
}
