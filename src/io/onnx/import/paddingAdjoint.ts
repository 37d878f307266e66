/** The adjoint of padding, for which ONNX has no operator: files put it together of slices, sums and Concat. */
import { isFloat } from "../../../core/dtype.ts";
import { sameShape } from "../../../core/shape.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { type IndexMap, scatterAdd } from "../../../ops/shape/gather.ts";
import type { Budget } from "./call.ts";
import { commonSource } from "./commonSource.ts";
import { paddingLike } from "./paddingCopies.ts";

/** Where each element of the source goes along the axis; −1 where it goes nowhere. */
type Places = Int32Array;

/**
 * What `cat(parts, axis)` is, as one operation, if the parts put the padding of one tensor back to where padding copies it from; else
 * `null`. One operation sums in one order, and streams know it.
 */
export function adjointOfPadding(parts: readonly Tensor[], axis: number, budget: Budget): Tensor | null {
  const found = isFloat(parts[0]!.dtype) ? commonSource(parts, (node) => moves(node, axis)) : null;
  if (!found || new Set(parts).size < parts.length) return null;
  const { source, between } = found;
  const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const padding = source.shape[axis]! - length;
  if (padding <= 0 || !between.some(({ op }) => op?.name === "add")) return null;
  budget.entries -= source.shape[axis]!;
  const known = new Map<Tensor, Places>([[source, new Int32Array(source.shape[axis]!).map((_, q) => q)]]);
  for (const node of between) {
    const places = placesIn(node, known, axis);
    if (!places) return null;
    known.set(node, places);
  }
  const places = joined(parts, known, axis);
  if (!places) return null;
  const meaning = paddingLike(places, length);
  return meaning && scatterAdd(source, axis, places, length, meaning);
}

function moves({ op, attributes, inputs, shape }: Tensor, axis: number): boolean {
  if (new Set(inputs).size < inputs.length) return false; // what is there twice goes to two places
  switch (op?.name) {
    case "gather":
    case "cat":
      return (attributes as { axis: number }).axis === axis;
    case "sum":
      return (attributes as { axes: readonly number[] }).axes.join() === `${axis}`;
    case "add":
      return inputs.every((input) => sameShape(input.shape, shape));
    default:
      return false;
  }
}

/** `null` where something goes to two places. */
function placesIn({ op, attributes, inputs }: Tensor, known: ReadonlyMap<Tensor, Places>, axis: number): Places | null {
  const [places] = inputs.map((input) => known.get(input)!) as [Places];
  switch (op?.name) {
    case "gather": {
      const { index, length } = attributes as IndexMap;
      const moved = new Int32Array(length).fill(-1);
      for (let to = 0; to < index.length; to++) {
        const from = index[to]!;
        if (from >= 0 && moved[from]! >= 0) return null;
        if (from >= 0) moved[from] = to;
      }
      return places.map((place) => (place < 0 ? -1 : moved[place]!));
    }
    case "sum":
      return places.map((place) => Math.min(place, 0));
    case "add":
      return united(inputs.map((input) => known.get(input)!));
    default:
      return joined(inputs, known, axis);
  }
}

function joined(parts: readonly Tensor[], known: ReadonlyMap<Tensor, Places>, axis: number): Places | null {
  let start = 0;
  return united(
    parts.map((part) => {
      const from = start;
      start += part.shape[axis]!;
      return known.get(part)!.map((place) => (place < 0 ? -1 : from + place));
    }),
  );
}

function united([first, ...others]: readonly Places[]): Places | null {
  const all = Int32Array.from(first!);
  for (const places of others)
    for (let q = 0; q < places.length; q++) {
      if (places[q]! >= 0 && all[q]! >= 0) return null;
      if (places[q]! >= 0) all[q] = places[q]!;
    }
  return all;
}
