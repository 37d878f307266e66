/** LSTM and GRU. */
import { ShapeError } from "../../../../core/errors.ts";
import { type Shape, sameShape, showShape } from "../../../../core/shape.ts";
import { composed, type Tensor } from "../../../../graph/tensor.ts";
import { zeros } from "../../../../ops/create.ts";
import { gru } from "../../../../ops/recurrent/gru.ts";
import { inputGates, type RecurrentLayer } from "../../../../ops/recurrent/inputGates.ts";
import { lstmLayer } from "../../../../ops/recurrent/lstmLayer.ts";
import { cat, stack } from "../../../../ops/shape/cat.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { flip, slice, split } from "../../../../ops/shape/slice.ts";
import { permute } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";

export const recurrent: Operators = {
  LSTM: {
    known: [4],
    build: (call) => {
      if (call.has(7)) call.fail("its gates look at the cell (P is given), which is not read here");
      if (call.integer("input_forget", 0) !== 0) call.fail("input_forget is 1, which is not read here");
      const kind = { order: [0, 2, 3, 1], states: 2, activations: ["sigmoid", "tanh", "tanh"], layer: lstmLayer };
      return recurrence(call, kind);
    },
  },
  GRU: {
    known: [4],
    build: (call) => {
      const resetAfter = call.integer("linear_before_reset", 0) !== 0;
      const layer: RecurrentLayer = (x, { weightIh, weightHh, biases }, initial) => {
        const biasHh = biases[1] ?? zeros(weightHh.shape.slice(0, 1), { dtype: x.dtype });
        return gru(inputGates(x, weightIh, biases.slice(0, 1)), weightHh, biasHh, initial, { resetAfter });
      };
      return recurrence(call, { order: [1, 0, 2], states: 1, activations: ["sigmoid", "tanh"], layer });
    },
  },
};

/** What one kind of recurrence has of its own. */
interface Kind {
  /** Where the gates of PyTorch, in their order, are in ONNX: i, f, g, o in i, o, f, c; and r, z, n in z, r, h. */
  readonly order: readonly number[];
  readonly states: number;
  readonly activations: readonly string[];
  readonly layer: RecurrentLayer;
}

const DIRECTIONS = new Map([
  ["forward", [false]],
  ["reverse", [true]],
  ["bidirectional", [false, true]],
]);

/** The hidden states at all moments, then the last of each of the states. */
function recurrence(call: Call, kind: Kind): Tensor[] {
  const direction = call.string("direction", "forward");
  const directions =
    DIRECTIONS.get(direction) ??
    call.fail(`direction ${direction} is none of ${Array.from(DIRECTIONS.keys()).join(", ")}`);
  const batchFirst = call.integer("layout", 0) !== 0;
  checkActivations(call, kind.activations, directions.length);
  const { x, hidden, weights } = operandsOf(call, kind, directions.length);
  const [first, second, features] = x.shape as [number, number, number];
  const [length, batch] = batchFirst ? [second, first] : [first, second];
  if (length === 0) throw new ShapeError(`there are no moments in an input of shape ${showShape(x.shape)}`);
  checkLengths(call, length);
  const initial = statesOf(call, kind, [directions.length, batch, hidden], batchFirst);
  const signal = permute(x, batchFirst ? [0, 2, 1] : [1, 2, 0]);
  const made = directions.map((isReverse, at) => {
    const before = initial?.map((state) => reshape(slice(state, 0, at, at + 1), [batch, hidden]));
    const start = before ? cat(before, 1) : zeros([batch, kind.states * hidden], { dtype: x.dtype });
    return kind.layer(isReverse ? flip(signal, 2) : signal, weights(at, features), start);
  });
  const outputs = made.map((states, at) => {
    const output = slice(states, 1, 0, hidden);
    return directions[at] ? flip(output, 2) : output;
  });
  const all = permute(stack(outputs, 1), batchFirst ? [0, 3, 1, 2] : [3, 1, 0, 2]);
  const last = made.map((states) => split(reshape(slice(states, 2, -1), [batch, kind.states * hidden]), hidden, 1));
  const name = `${direction === "forward" ? "" : `${direction} `}${call.node.opType}`;
  return [
    composed(name, [x], null, all),
    ...Array.from({ length: kind.states }, (_, i) =>
      stack(
        last.map((states) => states[i]!),
        batchFirst ? 1 : 0,
      ),
    ),
  ];
}

/** The input, and the weights of each direction in PyTorch's form. */
function operandsOf(call: Call, { order }: Kind, directions: number) {
  const [x, w, r, b] = [call.tensor(0), call.tensor(1), call.tensor(2), call.optionalTensor(3)];
  const hidden = call.integer("hidden_size") ?? r.shape[2] ?? 0;
  if (hidden < 1) call.fail(`hidden_size ${hidden} should be positive`);
  const rows = order.length * hidden;
  const check = (name: string, { shape }: Tensor, wanted: Shape): void => {
    if (!sameShape(shape, wanted))
      call.fail(`its ${name} should have shape ${showShape(wanted)}, but has ${showShape(shape)}`);
  };
  check("W", w, [directions, rows, w.shape[2] ?? 0]);
  check("R", r, [directions, rows, hidden]);
  if (b) check("B", b, [directions, 2 * rows]);
  if (x.rank !== 3 || x.shape[2] !== w.shape[2])
    throw new ShapeError(`expected an input (…, …, ${w.shape[2]}), got shape ${showShape(x.shape)}`);
  const ordered = (gates: Tensor): Tensor => {
    const parts = split(gates, hidden, 0);
    return cat(
      order.map((place) => parts[place]!),
      0,
    );
  };
  const weights = (at: number, features: number) => {
    const of = (all: Tensor, shape: Shape): Tensor => reshape(slice(all, 0, at, at + 1), shape);
    const biases = b ? split(of(b, [2 * rows]), rows, 0) : [];
    return {
      weightIh: ordered(of(w, [rows, features])),
      weightHh: ordered(of(r, [rows, hidden])),
      biases: biases.map(ordered),
    };
  };
  return { x, hidden, weights };
}

/** The states before the first moment, `(directions, batch, hidden)` each; `null` where none are given. */
function statesOf(call: Call, { states }: Kind, shape: Shape, batchFirst: boolean): Tensor[] | null {
  const given = Array.from({ length: states }, (_, i) => call.optionalTensor(5 + i));
  if (given.every((state) => state === null)) return null;
  const like = given.find((state) => state !== null)!;
  return given.map((state, i) => {
    if (!state) return zeros(shape, { dtype: like.dtype });
    const ordered = batchFirst ? permute(state, [1, 0, 2]) : state;
    if (!sameShape(ordered.shape, shape))
      throw new ShapeError(
        `input ${5 + i} should be a state of shape ${showShape(shape)}, got ${showShape(ordered.shape)}`,
      );
    return ordered;
  });
}

function checkActivations(call: Call, usual: readonly string[], directions: number): void {
  if (call.hasAttribute("clip")) call.fail("it clips its gates (clip), which is not read here");
  const wanted = Array.from({ length: directions }, () => usual).flat();
  const given = call.strings("activations") ?? wanted;
  const isUsual = given.length === wanted.length && given.every((name, i) => name.toLowerCase() === wanted[i]);
  if (!isUsual) call.fail(`activations ${given.join(", ")} are not read here, only ${wanted.join(", ")}`);
}

/** Signals of different lengths in one batch are not read; that all are whole may be said. */
function checkLengths(call: Call, length: number): void {
  const lengths = call.knownIntegers(4, "sequence_lens") ?? [];
  if (lengths.some((each) => each !== length))
    call.fail(`sequence_lens [${lengths.join(", ")}] differ from the length ${length}, which is not read here`);
}
