import { type Tensor, zeros } from "atrous";
import type { Recurrence } from "../../src/core/kernels.ts";
import type { Op } from "../../src/graph/op.ts";
import { gru } from "../../src/ops/recurrent/gru.ts";
import { lstm } from "../../src/ops/recurrent/lstm.ts";

export type Sizes = Pick<Recurrence, "batch" | "hidden" | "length">;

/** The kinds of recurrence that there are, as the kernel knows them, and as plain loops. */
export interface Kind {
  readonly name: string;
  readonly gates: number;
  readonly states: number;
  readonly hasBias: boolean;
  readonly attributes: (sizes: Sizes) => Recurrence;
  /** One moment of one signal: gates, products W h + b of some rows with a vector, and h, then c. */
  readonly moment: (x: Gate, product: (h: readonly number[]) => Gate, states: number[][], round: Round) => number[][];
}

type Round = (value: number) => number;
/** Of the gate and the hidden unit. */
type Gate = (gate: number, k: number) => number;

const attributesOf = (node: Tensor): Recurrence =>
  (node.op as unknown as Op<unknown>).lower(node, node.attributes).attributes as Recurrence;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const gruKind = (resetAfter: boolean): Kind => ({
  name: resetAfter ? "gru" : "gru that resets before the product",
  ...{ gates: 3, states: 1, hasBias: true },
  attributes: ({ batch, hidden, length }) =>
    attributesOf(
      gru(
        zeros([batch, 3 * hidden, length]),
        zeros([3 * hidden, hidden]),
        zeros([3 * hidden]),
        zeros([batch, hidden]),
        { resetAfter },
      ),
    ),
  moment: (x, product, [h], round) => {
    const ofH = product(h!);
    const gate = (i: number, k: number): number => round(sigmoid(round(x(i, k) + ofH(i, k))));
    const ofScaled = product(h!.map((value, k) => round(gate(0, k) * value)));
    return [
      h!.map((value, k) => {
        const inner = resetAfter ? round(gate(0, k) * ofH(2, k)) : ofScaled(2, k);
        const n = round(Math.tanh(round(x(2, k) + inner)));
        return round(round(gate(1, k) * round(value - n)) + n);
      }),
    ];
  },
});

export const kinds: readonly Kind[] = [
  {
    name: "lstm",
    ...{ gates: 4, states: 2, hasBias: false },
    attributes: ({ batch, hidden, length }) =>
      attributesOf(lstm(zeros([batch, 4 * hidden, length]), zeros([4 * hidden, hidden]), zeros([batch, 2 * hidden]))),
    moment: (x, product, [h, c], round) => {
      const ofH = product(h!);
      const pre = (i: number, k: number): number => round(x(i, k) + ofH(i, k));
      const gate = (i: number, k: number): number => round(sigmoid(pre(i, k)));
      const cells = c!.map((cell, k) =>
        round(round(gate(1, k) * cell) + round(gate(0, k) * round(Math.tanh(pre(2, k))))),
      );
      return [cells.map((cell, k) => round(gate(3, k) * round(Math.tanh(cell)))), cells];
    },
  },
  gruKind(true),
  gruKind(false),
];
