/** The recurrence of an LSTM, which ONNX has together with the matrix that goes before it. */
import { evaluateSync } from "../../../../graph/evaluate.ts";
import { makeLeaf, type Tensor } from "../../../../graph/tensor.ts";
import type { ConvAttributes } from "../../../../ops/convolution/kernels.ts";
import type { IndexMap } from "../../../../ops/shape/gather.ts";
import { numbersOf } from "../../../bytes/index.ts";
import { TO_THE_END } from "../emitter.ts";
import { refuse } from "../refuse.ts";
import { first, lengthsOf, opName, type Row, type Rows, type Writing } from "../row.ts";
import type { Site } from "../sites.ts";

export const recurrent: Rows = {
  lstm: (site) => {
    if (lengthsOf(site, 2).some((length) => length !== 1))
      return refuse("the network uses the cell states of an LSTM at every moment; ONNX has those of the last one");
    const run = lstmOf(site);
    return {
      inputs: run.inputs,
      write: (writing, ...names) => lastStates(writing, run.write(writing, names)),
    };
  },
};

/** A slice of an LSTM's states: the hidden ones, or all at the last moment. */
export const statesOf: Row = (site) => {
  const [source] = site.inputs as [Site];
  if (opName(source) !== "lstm") return null;
  const { axis } = site.attributes[0] as IndexMap;
  const { hidden } = source.attributes[0] as { hidden: number };
  const run = lstmOf(source);
  const within = (start: (length: number) => number, end: (length: number) => number): boolean =>
    site.attributes.every((map, i) => {
      const { index } = map as IndexMap;
      const length = source.nodes[i]!.shape[axis]!;
      return index[0] === start(length) && index.length === end(length) - start(length);
    });
  if (
    axis === 1 &&
    within(
      () => 0,
      () => hidden,
    )
  )
    return {
      inputs: run.inputs,
      write: (writing, ...names) => {
        const [all] = run.write(writing, names) as [string];
        const { emitter } = writing;
        const one = emitter.node("Squeeze", [all, emitter.integers([1])]);
        return emitter.node("Transpose", [one], { perm: { ints: [1, 2, 0] } });
      },
    };
  if (
    axis === 2 &&
    within(
      (length) => length - 1,
      (length) => length,
    )
  )
    return { inputs: run.inputs, write: (writing, ...names) => lastStates(writing, run.write(writing, names)) };
  return null;
};

/** `(1, N, H)` twice to `(N, 2H, 1)`. */
function lastStates({ emitter }: Writing, [, hidden, cell]: readonly string[]): string {
  const both = emitter.node("Concat", [hidden!, cell!], { axis: { int: 2 } });
  return emitter.node("Transpose", [both], { perm: { ints: [1, 2, 0] } });
}

/** The gates i, f, g, o in the order of ONNX: i, o, f, c. */
const GATES = [0, 3, 1, 2];

interface Run {
  readonly inputs: readonly Site[];
  /** The names of the hidden states, the last of them, and the last cell states; the node is written once for all who ask. */
  readonly write: (writing: Writing, names: readonly string[]) => readonly string[];
}

function lstmOf(site: Site): Run {
  const [gates, weight, initial] = site.inputs as [Site, Site, Site];
  const { hidden } = site.attributes[0] as { hidden: number };
  const { matrix, biases, input } = partsOfGates(gates);
  const zero = initial.constant && isZero(initial);
  return {
    inputs: zero ? [input] : [input, initial],
    write: (writing, [x, states]) => {
      const known = writing.recurrences.get(site);
      if (known) return known;
      const { emitter } = writing;
      const rows = (source: Site | undefined, tail: readonly number[], wished: string): string =>
        emitter.initializer(reordered(source, hidden, tail), wished);
      const size = first(input).shape[1]!;
      const bias = [...biases, undefined, undefined].slice(0, 2).map((each) => reordered(each, hidden, []));
      const state = (start: number, end: number | bigint): string => {
        const axes = emitter.integers([1]);
        const half = emitter.node("Slice", [states!, emitter.integers([start]), emitter.integers([end]), axes]);
        return emitter.node("Unsqueeze", [half, emitter.integers([0])]);
      };
      const names = emitter.several(
        "LSTM",
        [
          emitter.node("Transpose", [x!], { perm: { ints: [2, 0, 1] } }),
          rows(matrix, [size], "lstm_W"),
          rows(weight, [hidden], "lstm_R"),
          emitter.initializer(joined(bias), "lstm_B"),
          ...(zero ? [] : ["", state(0, hidden), state(hidden, TO_THE_END)]),
        ],
        { hidden_size: { int: hidden } },
        ["lstm", "lstm_h", "lstm_c"],
      );
      writing.recurrences.set(site, names);
      return names;
    },
  };
}

/**
 * What the gates are made of: a matrix applied to an input at every moment, and up to two biases. Where they are made otherwise, the matrix
 * that changes nothing.
 */
function partsOfGates(gates: Site): { matrix: Site | undefined; biases: readonly Site[]; input: Site } {
  const biases: Site[] = [];
  let rest = gates;
  while (opName(rest) === "add" && biases.length < 2) {
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

/** `(1, 4H, …tail)` in ONNX's order of gates. Without a source, the identity, or zeros for a bias. */
function reordered(source: Site | undefined, hidden: number, tail: readonly number[]): Tensor {
  if (source && !source.constant) return refuse("the weights of an LSTM depend on the inputs");
  const width = tail[0] ?? 1;
  const value = new Float32Array(4 * hidden * width);
  if (source) evaluateSync([first(source)]);
  const given = source ? numbersOf(first(source)) : identity(4 * hidden, width, tail.length > 0);
  for (const [place, gate] of GATES.entries())
    for (let i = 0; i < hidden * width; i++)
      value[place * hidden * width + i] = Number(given[gate * hidden * width + i]);
  return makeLeaf(value, [1, 4 * hidden, ...tail], "float32");
}

const identity = (rows: number, columns: number, ones: boolean): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => (ones && Math.floor(i / columns) === i % columns ? 1 : 0));

/** The biases of input and state one after the other: `(1, 8H)`. */
function joined(biases: readonly Tensor[]): Tensor {
  const values = biases.flatMap((bias) => Array.from(numbersOf(bias), Number));
  return makeLeaf(Float32Array.from(values), [1, values.length], "float32");
}
