import { StreamError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { overlaidSlices } from "../../nn/overlay.ts";
import { counted } from "./counting.ts";
import type { Trace } from "./traces.ts";

/** One node of the network, as it is at each of the traced lengths. */
export interface Aligned {
  readonly nodes: readonly Tensor[];
  /** Of the operation, or of the function that the node is the result of; "" for a leaf. */
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly Aligned[];
  /** Whether it depends on the signal. */
  readonly depends: boolean;
  /** The axis whose length follows the signal's, or −1. */
  readonly time: number;
  /** Its length there, by trace; empty without such an axis. */
  readonly lengths: readonly number[];
  /** Whether it does not depend on the signal, but on its length. */
  readonly varies: boolean;
}

/** At these lengths the form cannot be told: what takes every other sample of one sample takes them all, and is not there. */
export class TooShortToTell extends StreamError {}

/** Functions that have a rule as one, whatever they are made of, where time is the last axis. */
const COMPOSED = new Set(["avgPool1d", "maxPool1d", "interpolate", "pad"]);

/**
 * Lays the graphs of one network upon each other: inputs first, the output last.
 *
 * @throws StreamError where they are not of one form
 */
export function align(op: string, traces: readonly Trace[]): Aligned[] {
  const known = new Map<string, Aligned>();
  const order: Aligned[] = [];
  const stack: { nodes: readonly Tensor[]; parts: Parts; next: number; inputs: Aligned[] }[] = [];
  const enter = (nodes: readonly Tensor[]): Aligned | undefined => {
    const found = known.get(keyOf(nodes));
    if (!found) stack.push({ nodes, parts: partsOf(op, nodes), next: 0, inputs: [] });
    return found;
  };
  enter(traces.map(({ output }) => output));
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    if (top.next < top.parts.inputs.length) {
      const input = enter(top.parts.inputs[top.next]!);
      if (!input) continue; // it is computed first, and found then
      top.inputs.push(input);
      top.next++;
      continue;
    }
    stack.pop();
    const aligned = alignedOf(op, top.nodes, top.parts, top.inputs, traces);
    known.set(keyOf(top.nodes), aligned);
    order.push(aligned);
  }
  return order;
}

const keyOf = (nodes: readonly Tensor[]): string => nodes.map(({ serial }) => serial).join();

/** The node as something done to inputs, each of them by trace. */
interface Parts {
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly (readonly Tensor[])[];
}

function partsOf(op: string, nodes: readonly Tensor[]): Parts {
  const time = timeAxis(op, nodes);
  const lengths = time < 0 ? [] : nodes.map(({ shape }) => shape[time]!);
  const composed = time === nodes[0]!.rank - 1 ? nodes.map((node) => node.composed) : [];
  if (composed.length > 0 && composed.every((each) => each && COMPOSED.has(each.name)))
    return parts(
      op,
      lengths,
      composed.map((each) => each!),
    );
  const counts = time < 0 ? null : counted(nodes);
  if (counts) return partsOf(op, counts);
  // A constant may have been computed for one of the traces.
  if (nodes.some(({ op, value }) => op === null && value !== null)) return { name: "", attributes: [], inputs: [] };
  const made = nodes.map((node) => ({
    name: node.op?.name ?? "",
    inputs: node.inputs,
    attributes: node.attributes,
  }));
  const sliced = overlaidSlices(nodes);
  if (sliced) return sliced;
  return parts(op, lengths, made);
}

function parts(
  op: string,
  lengths: readonly number[],
  made: readonly { readonly name: string; readonly inputs: readonly Tensor[]; readonly attributes: unknown }[],
): Parts {
  const [first] = made;
  for (const other of made)
    if (other.name !== first!.name || other.inputs.length !== first!.inputs.length)
      throw new (lengths.some((length) => length < 2) || isPaddingOfSome(made) ? TooShortToTell : StreamError)(
        `${op}: the network takes another form at another length: where it has ${first!.name || "a constant"} at one, it has ${other.name || "a constant"} at another; the option lengthModulo says what the length will be, modulo the hop`,
      );
  return {
    name: first!.name,
    attributes: made.map(({ attributes }) => attributes),
    inputs: first!.inputs.map((_, i) => made.map(({ inputs }) => inputs[i]!)),
  };
}

/** Whether what is put together is read as padding, or as its adjoint, at those lengths that are long enough for it. */
function isPaddingOfSome(made: readonly { readonly name: string }[]): boolean {
  const names = new Set(made.map(({ name }) => name));
  return names.size === 2 && names.has("cat") && (names.has("gather") || names.has("scatterAdd"));
}

function alignedOf(
  op: string,
  nodes: readonly Tensor[],
  { name, attributes }: Parts,
  inputs: readonly Aligned[],
  traces: readonly Trace[],
): Aligned {
  const depends = nodes[0] === traces[0]!.input || inputs.some((input) => input.depends);
  const time = timeAxis(op, nodes);
  return {
    nodes,
    name,
    attributes,
    inputs,
    depends,
    time,
    lengths: time < 0 ? [] : nodes.map(({ shape }) => shape[time]!),
    varies: !depends && (time >= 0 || inputs.some((input) => input.varies) || !sameLeaves(nodes)),
  };
}

function timeAxis(op: string, nodes: readonly Tensor[]): number {
  const [first] = nodes;
  const moving = new Set<number>();
  for (const { shape } of nodes) {
    if (shape.length !== first!.rank)
      throw new StreamError(
        `${op}: the number of axes depends on the length: ${showShape(first!.shape)}, ${showShape(shape)}`,
      );
    shape.forEach((length, axis) => {
      if (length !== first!.shape[axis]) moving.add(axis);
    });
  }
  if (moving.size > 1)
    throw new StreamError(
      `${op}: two axes of one tensor grow with the signal, shape ${showShape(first!.shape)} (${first!.op?.name}); only one can be time`,
    );
  return [...moving][0] ?? -1;
}

/** Whether leaves have the same numbers at every length. */
function sameLeaves(nodes: readonly Tensor[]): boolean {
  const [first] = nodes;
  return nodes.every(
    ({ value }) =>
      value === first!.value ||
      (value !== null && first!.value !== null && value.every((number, i) => Object.is(number, first!.value![i]))),
  );
}
