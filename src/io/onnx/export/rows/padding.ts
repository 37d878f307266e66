/** Padding, whose modes are index maps, and its adjoint. */
import type { IndexMap, Meaning } from "../../../../ops/shape/gather.ts";
import { TO_THE_END } from "../emitter.ts";
import { isConstant, type Numbers } from "../lengths.ts";
import { refuse } from "../refuse.ts";
import { type Emission, each, first, type Row, type Writing } from "../row.ts";
import type { Site } from "../sites.ts";

type Pad = Extract<Meaning, { kind: "pad" }>;

const padOf = ({ meaning }: IndexMap): Pad => meaning as Pad;

const MODES: Readonly<Record<string, string>> = { zeros: "constant", reflect: "reflect", replicate: "edge" };

/** A gather that pads. Negative amounts crop, before anything is put to the other side. */
export const padded: Row = (site) => {
  const { axis, meaning } = site.attributes[0] as IndexMap;
  const before = each<IndexMap>(site, (map) => padOf(map).before);
  const after = each<IndexMap>(site, (map) => padOf(map).after);
  const { mode } = meaning as Pad;
  if (site.attributes.some((map) => padOf(map as IndexMap).mode !== mode))
    return refuse("the mode of padding depends on the length");
  return paddedBy(site, axis, mode, before, after, 0);
};

/** The function `pad` with a number to put around the signal. */
export const paddedWith: Row = (site) => {
  const amounts = site.label!.attributes as { before: number; after: number; value: number }[];
  const before = amounts.map((each) => each.before);
  const after = amounts.map((each) => each.after);
  const { value } = amounts[0]!;
  if (amounts.some((each) => !Object.is(each.value, value)))
    return refuse(`the number to pad with depends on the length (${value} at one)`);
  const emission = paddedBy(site, first(site).rank - 1, "zeros", before, after, value);
  return { ...emission, inputs: site.label!.inputs };
};

function paddedBy(site: Site, axis: number, mode: string, before: Numbers, after: Numbers, value: number): Emission {
  const { rank, dtype } = first(site);
  const write = (writing: Writing, x: string): string => {
    const { emitter } = writing;
    const cropped = crop(writing, x, axis, before, after);
    const positive = (amounts: Numbers): Numbers => amounts.map((amount) => Math.max(amount, 0));
    const [less, more] = [positive(before), positive(after)];
    if ([...less, ...more].every((amount) => amount === 0)) return cropped;
    if (mode === "circular") return circular(writing, cropped, axis, less, more);
    const none = before.map(() => 0);
    const pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? less : i === rank + axis ? more : none));
    const amounts = emitter.integersOf(pads, "the amount of padding");
    const inputs = mode === "zeros" ? [cropped, amounts, emitter.number(value, dtype)] : [cropped, amounts];
    return emitter.node("Pad", inputs, { mode: { string: MODES[mode]! } });
  };
  return { inputs: site.inputs, write: (writing, x) => write(writing, x!) };
}

function crop({ emitter }: Writing, x: string, axis: number, before: Numbers, after: Numbers): string {
  if ([...before, ...after].every((amount) => amount >= 0)) return x;
  if (!isConstant(before) || !isConstant(after)) return refuse("an amount of cropping depends on the length");
  const [start, end] = [Math.max(-before[0]!, 0), Math.min(after[0]!, 0)];
  return emitter.node("Slice", [
    x,
    emitter.integers([start]),
    emitter.integers([end < 0 ? end : TO_THE_END]),
    emitter.integers([axis]),
  ]);
}

/** ONNX wraps around from opset 19 on only. */
function circular({ emitter }: Writing, x: string, axis: number, before: Numbers, after: Numbers): string {
  if (!isConstant(before) || !isConstant(after)) return refuse("an amount of circular padding depends on the length");
  const part = (start: number | bigint, end: number | bigint): string =>
    emitter.node("Slice", [x, emitter.integers([start]), emitter.integers([end]), emitter.integers([axis])]);
  const parts = [
    ...(before[0]! > 0 ? [part(-before[0]!, TO_THE_END)] : []),
    x,
    ...(after[0]! > 0 ? [part(0, after[0]!)] : []),
  ];
  return emitter.node("Concat", parts, { axis: { int: axis } });
}

/**
 * The adjoint of padding: what is in the padding is added where it was copied from. Amounts are no longer than the signal, so that each side
 * has its own piece of it.
 */
export const folded: Row = (site) => {
  const { axis, meaning } = site.attributes[0] as IndexMap;
  if (meaning.kind !== "pad")
    return refuse(`the network computes the gradient of a "${meaning.kind}", for which ONNX has no operator`);
  const { mode, before, after } = meaning;
  if (
    !site.attributes.every((map) => padOf(map as IndexMap).before === before && padOf(map as IndexMap).after === after)
  )
    return refuse("an amount of padding that is added back depends on the length");
  return {
    inputs: site.inputs,
    write: (writing, x) => {
      const { emitter } = writing;
      const slice = (value: string, start: number | bigint, end: number | bigint, step = 1): string =>
        emitter.node("Slice", [value, ...[[start], [end], [axis], [step]].map((numbers) => emitter.integers(numbers))]);
      const join = (...parts: string[]): string => emitter.node("Concat", parts, { axis: { int: axis } });
      const add = (a: string, b: string): string => emitter.node("Add", [a, b]);
      const sum = (value: string): string => emitter.node("ReduceSum", [value, emitter.integers([axis])]);
      const end = after > 0 ? -after : TO_THE_END;
      let y = slice(x!, before, end);
      if (mode === "zeros") return y;
      const [front, back] = [slice(x!, 0, before), slice(x!, -after, TO_THE_END)];
      // Where the padding before came from, counted from the start; where that after came from, counted from the end.
      if (before > 0) {
        const reversed = (): string => slice(x!, before - 1, -(2n ** 63n - 1n), -1);
        if (mode === "reflect")
          y = join(slice(y, 0, 1), add(slice(y, 1, before + 1), reversed()), slice(y, before + 1, TO_THE_END));
        else if (mode === "replicate") y = join(add(slice(y, 0, 1), sum(front)), slice(y, 1, TO_THE_END));
        else y = join(slice(y, 0, -before), add(slice(y, -before, TO_THE_END), front));
      }
      if (after > 0) {
        const reversed = (): string => slice(x!, -1, -after - 1, -1);
        if (mode === "reflect")
          y = join(slice(y, 0, -after - 1), add(slice(y, -after - 1, -1), reversed()), slice(y, -1, TO_THE_END));
        else if (mode === "replicate") y = join(slice(y, 0, -1), add(slice(y, -1, TO_THE_END), sum(back)));
        else y = join(add(slice(y, 0, after), back), slice(y, after, TO_THE_END));
      }
      return y;
    },
  };
};
