import { showShape } from "../../core/shape.ts";
import { topologicalOrder } from "../../graph/evaluate.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { overlaidSlices } from "../../nn/overlay.ts";
import type { IndexMap } from "../../ops/shape/gather.ts";
import { begunWith } from "./beginning.ts";
import { counted } from "./counting.ts";
import { Obstacle } from "./obstacle.ts";
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
  /** Why it is not one thing done at all lengths; `null` if it is. */
  readonly mismatch: Mismatch | null;
}

/** Nodes that do not lie upon each other. */
export interface Mismatch {
  readonly reason: string;
  /** Whether other lengths would show nothing else. */
  readonly settled: boolean;
}

/** At these lengths the form cannot be told: what takes every other sample of one sample takes them all, and is not there. */
export class TooShortToTell extends Obstacle {}

/** Functions that have a rule as one, whatever they are made of, where time is the last axis. */
const COMPOSED = new Set(["avgPool1d", "maxPool1d", "interpolate", "pad"]);

/**
 * Lays the graphs of one network upon each other: inputs first, the output last. What is of another form at another length is made of the
 * network's input, at once.
 *
 * @throws TooShortToTell
 */
export function align(traces: readonly Trace[]): Aligned[] {
  const known = new Map<string, Aligned>();
  const order: Aligned[] = [];
  const stack: { nodes: readonly Tensor[]; parts: Parts; next: number; inputs: Aligned[] }[] = [];
  const enter = (nodes: readonly Tensor[]): Aligned | undefined => {
    const found = known.get(keyOf(nodes));
    if (!found) stack.push({ nodes, parts: partsOf(nodes, traces), next: 0, inputs: [] });
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
    const aligned = alignedOf(top.nodes, top.parts, top.inputs, traces);
    known.set(keyOf(top.nodes), aligned);
    order.push(aligned);
  }
  return order;
}

/** The graphs as one node that is made of the network's input. */
export function unaligned(traces: readonly Trace[], reason: string): Aligned[] {
  const nodes = traces.map(({ input }) => input);
  const input = { ...alignedOf(nodes, { name: "", attributes: [], inputs: [] }, [], traces), time: 2 };
  const mismatch = { reason, settled: true };
  const outputs = traces.map(({ output }) => output);
  const parts = { name: "", attributes: [], inputs: [nodes], mismatch };
  return [input, alignedOf(outputs, parts, [input], traces)];
}

const keyOf = (nodes: readonly Tensor[]): string => nodes.map(({ serial }) => serial).join();

/** The node as something done to inputs, each of them by trace. */
interface Parts {
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly (readonly Tensor[])[];
  readonly mismatch?: Mismatch;
}

function partsOf(nodes: readonly Tensor[], traces: readonly Trace[]): Parts {
  const { time } = timeOf(nodes);
  const composed = time === nodes[0]!.rank - 1 ? nodes.map((node) => node.composed) : [];
  if (composed.length > 0 && composed.every((each) => each && COMPOSED.has(each.name)))
    return partsOfMade(
      nodes,
      composed.map((each) => each!),
      traces,
    );
  const counts = time < 0 ? null : counted(nodes);
  if (counts) return partsOf(counts, traces);
  const begun = time < 0 ? null : begunWith(nodes);
  if (begun) return partsOf(begun, traces);
  // A constant may have been computed for one of the traces.
  if (nodes.some(({ op, value }) => op === null && value !== null)) return { name: "", attributes: [], inputs: [] };
  const sliced = overlaidSlices(nodes);
  if (sliced) return sliced;
  const made = nodes.map((node) => ({
    name: node.op?.name ?? "",
    inputs: node.inputs,
    attributes: node.attributes,
  }));
  return partsOfMade(nodes, made, traces);
}

/** A node of one trace, as something done to inputs. */
interface Made {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: unknown;
}

function partsOfMade(nodes: readonly Tensor[], made: readonly Made[], traces: readonly Trace[]): Parts {
  const [first] = made as [Made];
  const other = made.find((each) => wordOf(each) !== wordOf(first) || each.inputs.length !== first.inputs.length);
  if (other) return partsOfUnlike(nodes, made, other, traces);
  return {
    name: first.name,
    attributes: made.map(({ attributes }) => attributes),
    inputs: first.inputs.map((_, i) => made.map(({ inputs }) => inputs[i]!)),
  };
}

/** What it does, in a word. That of an index map is its meaning. */
function wordOf({ name, attributes }: Made): string {
  if (name === "gather" || name === "scatterAdd") return `${name} (${(attributes as IndexMap).meaning.kind})`;
  return name || "nothing";
}

/** Where the graphs part, what is known is that the signal comes in. */
function partsOfUnlike(nodes: readonly Tensor[], made: readonly Made[], other: Made, traces: readonly Trace[]): Parts {
  const [first] = made as [Made];
  const reason = `the network takes another form at another length: where it has ${wordOf(first)} at one, it has ${wordOf(other)} at another; the option lengthModulo says what the length will be, modulo the hop`;
  const { time } = timeOf(nodes);
  if ((time >= 0 && nodes.some(({ shape }) => shape[time]! < 2)) || isPaddingOfSome(made))
    throw new TooShortToTell(reason);
  const depends = nodes.some((node, i) => topologicalOrder([node], () => true).includes(traces[i]!.input));
  const inputs = depends ? [traces.map(({ input }) => input)] : [];
  return { name: first.name || other.name, attributes: [], inputs, mismatch: { reason, settled: false } };
}

/** Whether what is put together is read as padding, or as its adjoint, at those lengths that are long enough for it. */
function isPaddingOfSome(made: readonly { readonly name: string }[]): boolean {
  const names = new Set(made.map(({ name }) => name));
  return names.size === 2 && names.has("cat") && (names.has("gather") || names.has("scatterAdd"));
}

function alignedOf(
  nodes: readonly Tensor[],
  { name, attributes, mismatch }: Parts,
  inputs: readonly Aligned[],
  traces: readonly Trace[],
): Aligned {
  const depends = nodes[0] === traces[0]!.input || inputs.some((input) => input.depends);
  const { time, obstacle } = timeOf(nodes);
  const unlike = obstacle === null ? (mismatch ?? null) : { reason: obstacle, settled: true };
  return {
    nodes,
    name,
    attributes,
    inputs,
    depends,
    time,
    lengths: time < 0 ? [] : nodes.map(({ shape }) => shape[time]!),
    varies: !depends && (time >= 0 || unlike !== null || inputs.some((input) => input.varies) || !sameLeaves(nodes)),
    mismatch: unlike,
  };
}

/** The one axis that grows, or −1; and what is in the way if there cannot be one. */
function timeOf(nodes: readonly Tensor[]): { readonly time: number; readonly obstacle: string | null } {
  const [first] = nodes as [Tensor];
  const moving = new Set<number>();
  for (const { shape } of nodes) {
    if (shape.length !== first.rank) {
      const shapes = `${showShape(first.shape)}, ${showShape(shape)}`;
      return { time: -1, obstacle: `the number of axes depends on the length: ${shapes}` };
    }
    shape.forEach((length, axis) => {
      if (length !== first.shape[axis]) moving.add(axis);
    });
  }
  if (moving.size < 2) return { time: [...moving][0] ?? -1, obstacle: null };
  const what = `shape ${showShape(first.shape)} (${first.op?.name ?? "a constant"})`;
  return {
    time: -1,
    obstacle: `two axes of one tensor grow with the signal, ${what}; only one can be time`,
  };
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
