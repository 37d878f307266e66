/** Recurrences, which ONNX has together with the matrix that goes before them. */
import type { Shape } from "../../../../core/shape.ts";
import { evaluateSync } from "../../../../graph/evaluate.ts";
import { makeLeaf, type Tensor } from "../../../../graph/tensor.ts";
import type { ConvAttributes } from "../../../../ops/convolution/kernels.ts";
import type { GruAttributes } from "../../../../ops/recurrent/gru.ts";
import type { IndexMap } from "../../../../ops/shape/gather.ts";
import { numbersOf } from "../../../bytes/index.ts";
import { TO_THE_END } from "../emitter.ts";
import { refuse } from "../refuse.ts";
import { first, lengthsOf, opName, type Row, type Rows, settled, type Writing } from "../row.ts";
import type { Site } from "../sites.ts";

export const recurrent: Rows = {
  gru: (site) => {
    const run = recurrenceOf(site);
    return { inputs: run.inputs, write: (writing, ...names) => hiddenStates(writing, run.write(writing, names)) };
  },
  lstm: (site) => {
    if (lengthsOf(site, 2).some((length) => length !== 1))
      return refuse("the network uses the cell states of an LSTM at every moment; ONNX has those of the last one");
    const run = recurrenceOf(site);
    return { inputs: run.inputs, write: (writing, ...names) => lastStates(writing, run.write(writing, names)) };
  },
};

/** A slice of an LSTM's states: the hidden ones, or all at the last moment. */
export const statesOf: Row = (site) => {
  const [source] = site.inputs as [Site];
  if (opName(source) !== "lstm") return null;
  const { axis } = site.attributes[0] as IndexMap;
  const { hidden } = source.attributes[0] as { hidden: number };
  const run = recurrenceOf(source);
  const within = (start: (length: number) => number, end: (length: number) => number): boolean =>
    site.attributes.every((map, i) => {
      const { index } = map as IndexMap;
      const length = source.nodes[i]!.shape[axis]!;
      return index[0] === start(length) && index.length === end(length) - start(length);
    });
  const isHidden =
    axis === 1 &&
    within(
      () => 0,
      () => hidden,
    );
  const isLast =
    axis === 2 &&
    within(
      (length) => length - 1,
      (length) => length,
    );
  if (!isHidden && !isLast) return null;
  const states = isHidden ? hiddenStates : lastStates;
  return { inputs: run.inputs, write: (writing, ...names) => states(writing, run.write(writing, names)) };
};

/** `(T, 1, N, H)` to `(N, H, T)`. */
function hiddenStates({ emitter }: Writing, [all]: readonly string[]): string {
  const one = emitter.node("Squeeze", [all!, emitter.integers([1])]);
  return emitter.transpose(one, [1, 2, 0]);
}

/** `(1, N, H)` twice to `(N, 2H, 1)`. */
function lastStates({ emitter }: Writing, [, hidden, cell]: readonly string[]): string {
  const both = emitter.node("Concat", [hidden!, cell!], { axis: { int: 2 } });
  return emitter.transpose(both, [1, 2, 0]);
}

/** PyTorch's gates in the order of ONNX: i, o, f, c of i, f, g, o; and z, r, h of r, z, n. */
const kinds = {
  lstm: { opType: "LSTM", gates: [0, 3, 1, 2], states: 2, outputs: ["lstm", "lstm_h", "lstm_c"] },
  gru: { opType: "GRU", gates: [1, 0, 2], states: 1, outputs: ["gru"] },
} as const;

interface Run {
  readonly inputs: readonly Site[];
  /** The names of the node's outputs; it is written once for all who ask. */
  readonly write: (writing: Writing, names: readonly string[]) => readonly string[];
}

function recurrenceOf(site: Site): Run {
  const { opType, gates: order, states, outputs } = kinds[opName(site) as keyof typeof kinds];
  const { hidden, resetAfter } = settled<GruAttributes>(site);
  const { dtype } = first(site);
  const [gates, weight] = site.inputs as [Site, Site];
  const initial = site.inputs.at(-1)!;
  // The bias of the products with the state is an input of its own in a GRU.
  const ownBias = site.inputs.length === 4 ? site.inputs[2] : undefined;
  const { matrix, biases, input } = partsOfGates(gates, ownBias ? 1 : 2);
  const zero = initial.constant && isZero(initial);
  return {
    inputs: zero ? [input] : [input, initial],
    write: (writing, [x, before]) => {
      const known = writing.recurrences.get(site);
      if (known) return known;
      const { emitter } = writing;
      const name = opType.toLowerCase();
      const rows = (source: Site | undefined, width: number, wished: string): string =>
        emitter.initializer(
          leaf(reordered(source, order, hidden, width), [1, order.length * hidden, width]),
          `${name}_${wished}`,
        );
      const both = [biases[0], ownBias ?? biases[1]].flatMap((bias) => [
        ...(bias ? reordered(bias, order, hidden, 1) : new Float64Array(order.length * hidden)),
      ]);
      const leaf = (numbers: Iterable<number>, shape: Shape): Tensor =>
        makeLeaf((dtype === "float64" ? Float64Array : Float32Array).from(numbers), shape, dtype);
      const state = (index: number): string => {
        const place = [index * hidden, index === states - 1 ? TO_THE_END : (index + 1) * hidden];
        const bounds = place.map((each) => emitter.integers([each]));
        const part = states === 1 ? before! : emitter.node("Slice", [before!, ...bounds, emitter.integers([1])]);
        return emitter.node("Unsqueeze", [part, emitter.integers([0])]);
      };
      const names = emitter.several(
        opType,
        [
          emitter.transpose(x!, [2, 0, 1]),
          rows(matrix, first(input).shape[1]!, "W"),
          rows(weight, hidden, "R"),
          emitter.initializer(leaf(both, [1, both.length]), `${name}_B`),
          ...(zero ? [] : ["", ...Array.from({ length: states }, (_, i) => state(i))]),
        ],
        { hidden_size: { int: hidden }, ...(opType === "GRU" && { linear_before_reset: { int: resetAfter ? 1 : 0 } }) },
        outputs,
      );
      writing.recurrences.set(site, names);
      return names;
    },
  };
}

/**
 * What the gates are made of: a matrix applied to an input at every moment, and up to `most` biases. Where they are made otherwise, the matrix
 * that changes nothing.
 */
function partsOfGates(gates: Site, most: number): { matrix: Site | undefined; biases: readonly Site[]; input: Site } {
  const biases: Site[] = [];
  let rest = gates;
  while (opName(rest) === "add" && biases.length < most) {
    const [a, b] = rest.inputs as [Site, Site];
    if (!b.constant || a.constant || first(b).size !== first(rest).shape[1]) break;
    biases.unshift(b);
    rest = a;
  }
  if (opName(rest) === "conv1d") {
    const { kernelSize, stride, groups, padBefore } = rest.attributes[0] as ConvAttributes;
    const [input, matrix] = rest.inputs as [Site, Site];
    if (kernelSize === 1 && stride === 1 && groups === 1 && padBefore === 0 && matrix.constant)
      return { matrix, biases, input };
  }
  return { matrix: undefined, biases: [], input: gates };
}

function isZero({ nodes }: Site): boolean {
  evaluateSync(nodes);
  return nodes.every((node) => numbersOf(node).every((number: number | bigint) => Number(number) === 0));
}

/** The rows of the gates in ONNX's order. Without a source, those of the identity. */
function reordered(source: Site | undefined, order: readonly number[], hidden: number, width: number): Float64Array {
  if (source && !source.constant) return refuse("the weights of a recurrence depend on the inputs");
  if (source) evaluateSync([first(source)]);
  const given: Tensor["value"] = source ? numbersOf(first(source)) : identity(order.length * hidden);
  const value = new Float64Array(order.length * hidden * width);
  const block = hidden * width;
  for (const [place, gate] of order.entries())
    for (let i = 0; i < block; i++) value[place * block + i] = Number(given![gate * block + i]);
  return value;
}

const identity = (size: number): Float64Array =>
  Float64Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) === i % size ? 1 : 0));
