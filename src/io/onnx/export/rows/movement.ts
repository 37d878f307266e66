/** What moves numbers and computes none. */
import type { IndexMap, Meaning } from "../../../../ops/shape/gather.ts";
import { type Emitter, TO_THE_END, TO_THE_START } from "../emitter.ts";
import { isConstant, minus, type Numbers } from "../lengths.ts";
import { refuse } from "../refuse.ts";
import { type Emission, each, first, lengthsOf, over, type Rows, settled, type Writing } from "../row.ts";
import type { Site } from "../sites.ts";
import { folded, padded } from "./padding.ts";

/** Index maps, by what they are for. */
const maps: Rows = {
  pad: padded,
  slice: (site) => sliced(site),
  flip: over((site) => ({ emitter }, x) => {
    const [axis] = site.attributes.map((map) => (map as IndexMap).axis);
    const places = [[-1], [TO_THE_START], [axis!], [-1]].map((numbers) => emitter.integers(numbers));
    return emitter.node("Slice", [x!, ...places]);
  }),
  index: (site) => indexed(site),
  repeat: (site) => indexed(site),
};

export const movement: Rows = {
  gather: (site) => {
    const kinds = new Set(site.attributes.map((map) => (map as IndexMap).meaning.kind));
    const axes = new Set(site.attributes.map((map) => (map as IndexMap).axis));
    if (kinds.size > 1 || axes.size > 1)
      return refuse(
        `at one length the network has a "${[...kinds].join('", at another a "')}"; dynamic: false fixes all`,
      );
    return maps[[...kinds][0]!]!(site);
  },
  scatterAdd: folded,
  permute: over((site) => ({ emitter }, x) => {
    const { order } = settled<{ order: readonly number[] }>(site);
    return emitter.transpose(x!, order);
  }),
  cat: over((site) => ({ emitter }, ...names) => {
    const { axis } = settled<{ axis: number }>(site);
    return emitter.node("Concat", names, { axis: { int: axis } });
  }),
  reshape: over((site) => (writing, x) => reshaped(writing, x!, site)),
  broadcast: over((site) => ({ emitter }, x) => {
    const from = first(site.inputs[0]!);
    const shape = first(site).shape.map((_, axis) => {
      const own = axis - (first(site).rank - from.rank);
      const lengths = lengthsOf(site, axis);
      const kept = own >= 0 && lengths.every((length, i) => length === site.inputs[0]!.nodes[i]!.shape[own]);
      return kept ? lengths.map(() => 1) : lengths;
    });
    return emitter.node("Expand", [x!, emitter.integersOf(shape, "a shape")]);
  }),
};

function sliced(site: Site): Emission {
  const { axis } = site.attributes[0] as IndexMap;
  const lengths = lengthsOf(site.inputs[0]!, axis);
  const said = site.attributes.map((map) => (map as IndexMap).meaning as Cut);
  const start = each<IndexMap>(site, ({ index }) => index[0] ?? 0);
  const end = each<IndexMap>(site, ({ index }) => (index.at(-1) ?? -1) + 1);
  const steps = said.map(({ step }) => step);
  if (!isConstant(steps)) return refuse("the step of a slice depends on the length");
  const write = (from: (emitter: Emitter) => string, to: (emitter: Emitter) => string): Emission => ({
    inputs: site.inputs,
    write: ({ emitter }, x) => {
      const names = [x!, from(emitter), to(emitter), emitter.integers([axis])];
      return emitter.node("Slice", steps[0] === 1 ? names : [...names, emitter.integers([steps[0]!])]);
    },
  });
  // Places that were said in the same words at every length are clamped by the same rule in ONNX.
  const [words] = said as [Cut];
  const alike = said.every((cut) => cut.start === words.start && cut.end === words.end);
  if (alike && site.attributes.every((map, i) => cuts(map as IndexMap, words, lengths[i]!)))
    return write(
      (emitter) => emitter.integers([words.start]),
      (emitter) => emitter.integers([words.end ?? TO_THE_END]),
    );
  const place =
    (numbers: Numbers) =>
    (emitter: Emitter): string => {
      if (isConstant(numbers)) return emitter.integers([numbers[0]!]);
      const fromEnd = minus(numbers, lengths);
      if (isConstant(fromEnd)) return emitter.integers([fromEnd[0] === 0 ? TO_THE_END : fromEnd[0]!]);
      return emitter.integersOf([numbers], "a slice");
    };
  // With a step the last element taken need not be the last but one of what is named, so the end is what the slice said.
  return write(place(start), place(steps[0] === 1 ? end : givenEnd(site, lengths)));
}

type Cut = Extract<Meaning, { kind: "slice" }>;

/** Whether a cut in these words is what an index map does. A map of the whole may stand for a slice that a length had no need of. */
function cuts({ index }: IndexMap, { start, end, step }: Cut, length: number): boolean {
  const place = (given: number): number => Math.min(Math.max(given < 0 ? given + length : given, 0), length);
  const from = place(start);
  const count = Math.max(Math.ceil((place(end ?? length) - from) / step), 0);
  return count === index.length && (count === 0 || from === index[0]);
}

const givenEnd = (site: Site, lengths: Numbers): Numbers =>
  site.attributes.map((map, i) => {
    const { end } = (map as IndexMap).meaning as { end: number | undefined };
    const length = lengths[i]!;
    if (end === undefined) return length;
    return Math.min(Math.max(end < 0 ? end + length : end, 0), length);
  });

/** Any index map, if it is the same at every length. Where it reads zeros, one is put before the axis. */
function indexed(site: Site): Emission {
  const [{ axis, index }, ...others] = site.attributes as [IndexMap, ...IndexMap[]];
  const same = others.every((map) => map.index.length === index.length && map.index.every((i, q) => i === index[q]));
  if (!same) return refuse("an index map depends on the length; dynamic: false fixes all lengths");
  const zeros = index.some((i) => i < 0);
  return {
    inputs: site.inputs,
    write: ({ emitter }, x) => {
      const { rank, dtype } = first(site);
      const before = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? 1 : 0));
      const from = zeros ? emitter.node("Pad", [x!, emitter.integers(before), emitter.number(0, dtype)]) : x!;
      const places = emitter.integers(Array.from(index, (i) => i + (zeros ? 1 : 0)));
      return emitter.node("Gather", [from, places], { axis: { int: axis } });
    },
  };
}

/** Lengths that stay are 0 in ONNX, and one may be −1: what is left. */
function reshaped({ emitter }: Writing, x: string, site: Site): string {
  const from = site.inputs[0]!;
  const rank = first(from).rank;
  const list = first(site).shape.map((_, axis): Numbers => {
    const lengths = lengthsOf(site, axis);
    if (isConstant(lengths) && lengths[0] !== 0) return lengths;
    const stays = axis < rank && lengths.every((length, i) => length === from.nodes[i]!.shape[axis]);
    return stays ? lengths.map(() => 0) : lengths;
  });
  const open = list.findLastIndex((numbers) => !isConstant(numbers));
  const shape = list.map((numbers, axis) => (axis === open ? numbers.map(() => -1) : numbers));
  return emitter.node("Reshape", [x, emitter.integersOf(shape, "a shape")]);
}
