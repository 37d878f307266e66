import { ShapeError } from "../core/errors.ts";
import type { KernelCall } from "../core/kernels.ts";
import { checkShape, type Shape, showShape } from "../core/shape.ts";
import { topologicalOrder } from "../graph/evaluate.ts";
import type { Op } from "../graph/op.ts";
import { Tensor } from "../graph/tensor.ts";
import type { AnyModule } from "../nn/module.ts";
import { type InputShapes, shapesOf } from "../nn/shapes.ts";
import { type Network, traceAll } from "../nn/trace.ts";
import { spansOf } from "./spans/kernels.ts";
import { expanded, rowOf, type Spans } from "./spans/span.ts";

/** What is looked at in a search: about a second's work. Networks with statistics of the whole signal never have an end to it. */
const MOST = 2 ** 24;

/** Taps that are looked at in one length: some seconds. */
const MOST_TAPS = 2 ** 31;

/**
 * How many input samples one output sample depends on, at most: from the first to the last of them, both included, along the last axis of
 * the first input. `Infinity` where it is as many as there are: with recurrences, statistics of the whole signal and the like.
 *
 * Found in the graph, whose every element gets the first and the last sample that reach it, so weights do not matter (one that is zero
 * counts), nor does how the network is written. The results looked at are those in the middle half, whose view no edge cuts off; the
 * length grows until that is so. With strides it is still samples of the input that are counted; where a network goes down in rate and up
 * again, neighbouring results see different numbers of them, and the largest is what is meant.
 *
 * `shape` is that of the input, or a list of the shapes of several; the last length of the first is where the search begins.
 *
 * @throws whatever the network throws for that shape
 */
export function receptiveField(net: Network | AnyModule, shape: InputShapes): number {
  const [start, ...others] = shapesOf("receptiveField", shape) as [Shape, ...Shape[]];
  if (start.length === 0 || start.at(-1) === 0)
    throw new ShapeError(`receptiveField: the first input, ${showShape(start)}, has no samples`);
  if (start.at(-1)! > MOST)
    throw new ShapeError(
      `receptiveField: signals of ${start.at(-1)} samples are too long to look at, more than ${MOST}`,
    );
  let summaries = 0;
  for (let length = start.at(-1)!; ; length *= 2) {
    const { field, remembers, summarises, work } = fieldAt(net, [start.with(-1, length), ...others]);
    if (field !== null) return field;
    summaries = summarises ? summaries + 1 : 0;
    // One may have been a window that is as long as the signal.
    if (remembers || summaries > 1 || 2 * work > MOST) return Number.POSITIVE_INFINITY;
  }
}

interface Found {
  /** `null` where this length is too short to say. */
  readonly field: number | null;
  /** Whether there is a recurrence. */
  readonly remembers: boolean;
  /** Whether something is made of the whole signal at once, such as its mean. */
  readonly summarises: boolean;
  /** What was looked at. */
  readonly work: number;
}

function fieldAt(net: Network | AnyModule, shapes: readonly Shape[]): Found {
  const inputs = shapes.map((shape) => new Tensor({ shape: checkShape("receptiveField", shape), dtype: "float32" }));
  const outputs = traceAll("receptiveField", net, inputs);
  const order = topologicalOrder(outputs, (node) => node.value === null);
  const length = shapes[0]!.at(-1)!;
  const known = new Map<Tensor, Spans>([[inputs[0]!, ownPlaces(length)]]);
  const uses = usesOf(order, outputs);
  let [remembers, summarises, work, taps] = [false, false, 0, 0];
  for (const node of order) {
    const parts = node.inputs.map((input) => ({ size: input.size, spans: known.get(input) ?? null }));
    if (node.op && parts.some(({ spans }) => spans)) {
      const call = (node.op as unknown as Op<unknown>).lower(node, node.attributes);
      taps += node.size * ("kernelSize" in call.attributes ? call.attributes.kernelSize / (node.shape.at(-2) ?? 1) : 0);
      if (taps > MOST_TAPS)
        throw new ShapeError(`receptiveField: the network is too large to look at with a signal of ${length} samples`);
      const spans = spansOf(call, parts, node.size);
      known.set(node, spans);
      remembers ||= call.kernel === "recurrence" || call.kernel === "cumsum";
      summarises ||=
        canSummarise(call) &&
        isSummary(
          spans,
          parts.flatMap((part) => part.spans ?? []),
          length,
        );
      work += spans.first.length;
    }
    for (const input of node.inputs) {
      uses.set(input, uses.get(input)! - 1);
      if (uses.get(input) === 0) known.delete(input);
    }
  }
  const signals = outputs.filter((output) => known.has(output));
  const fields = signals.map((output) => {
    const count = output.shape.at(-1) ?? 1;
    const spans = known.get(output)!;
    return widest(rowOf(spans, count) ?? expanded(spans, output.size), count, length);
  });
  const field = fields.includes(null) ? null : Math.max(0, ...(fields as number[]));
  return { field, remembers, summarises, work };
}

/** Whether every result has all that any of the parts has, more than half of the signal, and no part is like that by itself. */
function isSummary(spans: Spans, parts: readonly Spans[], length: number): boolean {
  let [from, to] = [length, -1];
  for (const { first, last } of parts) {
    for (const place of first) from = Math.min(from, place);
    for (const place of last) to = Math.max(to, place);
  }
  const isWhole = ({ first, last }: Spans): boolean =>
    first.every((place) => place === from) && last.every((place) => place === to);
  return to - from > length / 2 && isWhole(spans) && !parts.some(isWhole);
}

/** Convolutions have windows of their own, unless there is one for the whole signal, as global pools have. */
const canSummarise = ({ kernel, attributes }: KernelCall): boolean =>
  !kernel.startsWith("conv") || ("gLength" in attributes && attributes.gLength === 1);

/** A loop: `Int32Array.from` takes 40 times as long. */
function ownPlaces(length: number): Spans {
  const places = new Int32Array(length);
  for (let i = 0; i < length; i++) places[i] = i;
  return { first: places, last: places };
}

/** How many nodes read each; the outputs are read once more, so that they stay. */
function usesOf(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  for (const node of [...order.flatMap(({ inputs }) => inputs), ...outputs]) uses.set(node, (uses.get(node) ?? 0) + 1);
  return uses;
}

/** The widest span in the middle half of every row of results; `null` where one of them reaches an edge of the signal. */
function widest({ first, last }: Spans, count: number, length: number): number | null {
  const [from, to] = [Math.floor(count / 4), Math.max(Math.ceil((3 * count) / 4), 1)];
  let width = 0;
  for (let row = 0; row < first.length; row += count)
    for (let at = row + from; at < row + to; at++) {
      if (last[at]! < 0) continue;
      if (first[at] === 0 || last[at] === length - 1) return null;
      width = Math.max(width, last[at]! - first[at]! + 1);
    }
  return width;
}
