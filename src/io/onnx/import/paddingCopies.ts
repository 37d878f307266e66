/** Padding with copies of samples: networks that pad by hand, and all that wrap around before opset 19, put it together of slices and Concat. */
import { paddingMode } from "../../../core/padding/index.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { gather, type IndexMap, type Meaning } from "../../../ops/shape/gather.ts";
import type { Budget } from "./call.ts";
import { commonSource } from "./commonSource.ts";

/** What `cat(parts, axis)` is, as one operation, if the parts are one tensor and copies of its elements as padding has them; else `null`. */
export function copiedPadding(parts: readonly Tensor[], axis: number, budget: Budget): Tensor | null {
  const found = commonSource(parts, (node) => copies(node, axis));
  if (!found) return null;
  const { source, between } = found;
  const length = source.shape[axis]!;
  if (parts.reduce((sum, part) => sum + part.shape[axis]!, 0) <= length || !parts.includes(source)) return null;
  budget.entries -= length;
  const known = new Map<Tensor, Int32Array>([[source, new Int32Array(length).map((_, q) => q)]]);
  for (const node of between) known.set(node, placesIn(node, known, axis));
  const index = joined(parts, known);
  const meaning = paddingLike(index, length);
  return meaning && gather(source, axis, index, meaning);
}

const copies = ({ op, attributes, inputs, shape }: Tensor, axis: number): boolean => {
  if (op?.name === "gather" || op?.name === "cat") return (attributes as { axis: number }).axis === axis;
  const [from] = inputs;
  // One sample that is repeated.
  return (
    op?.name === "broadcast" &&
    from!.rank === shape.length &&
    from!.shape.every((length, i) => (i === axis ? length === 1 : length === shape[i]))
  );
};

/** Where each element of a node comes from; −1 is a zero. */
function placesIn(
  { op, attributes, inputs, shape }: Tensor,
  known: ReadonlyMap<Tensor, Int32Array>,
  axis: number,
): Int32Array {
  const places = known.get(inputs[0]!)!;
  if (op?.name === "cat") return joined(inputs, known);
  if (op?.name === "gather") return (attributes as IndexMap).index.map((from) => (from < 0 ? -1 : places[from]!));
  return new Int32Array(shape[axis]!).fill(places[0]!);
}

function joined(parts: readonly Tensor[], known: ReadonlyMap<Tensor, Int32Array>): Int32Array {
  const all = parts.map((part) => known.get(part)!);
  const index = new Int32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const places of all) {
    index.set(places, at);
    at += places.length;
  }
  return index;
}

/** The words for padding `length` elements if `index` is what it reads; `null` if it is not. */
export function paddingLike(index: Int32Array, length: number): Extract<Meaning, { kind: "pad" }> | null {
  // The first element that stays is the first from 0, or with the edge copied the last.
  for (const before of [index.indexOf(0), index.indexOf(1) - 1])
    for (const name of ["reflect", "replicate", "circular"]) {
      const mode = paddingMode("importOnnx", name);
      const after = index.length - length - before;
      if (before < 0 || after < 0 || mode.limit(before, after, length) !== undefined) continue;
      if (name === "circular" && Math.max(before, after) >= length) continue; // a repetition, at any length
      if (index.every((place, q) => place === mode.source(q - before, length)))
        return { kind: "pad", mode: name, before, after };
    }
  return null;
}
