import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { part } from "./body.ts";
import { lstmGradients } from "./lstmGradients.ts";

/** Arguments: i, f, g, o of the gates, then of the products; h, c. */
const parts = [
  part(0, 4, 10, (apply) => {
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) =>
      apply(gate === 2 ? "tanh" : "sigmoid", apply("add", gate, 4 + gate)),
    ) as [number, number, number, number];
    const c = apply("add", apply("mul", f, 9), apply("mul", i, g));
    return [apply("mul", o, apply("tanh", c)), c];
  }),
];

export const lstmOp: Op<{ hidden: number }> = {
  name: "lstm",
  lower: ({ shape: [batch, , length] }, { hidden }) => ({
    kernel: "recurrence",
    attributes: { batch: batch!, hidden, length: length!, states: 2, parts },
  }),
  gradient: lstmGradients,
};

/**
 * The recurrence of an LSTM, from the part of its gates that does not depend on it: for every t
 *
 *     i, f, g, o = gates[:, :, t] + weightHh · h[t−1]          H rows each
 *     c[t] = σ(f) · c[t−1] + σ(i) · tanh(g)
 *     h[t] = σ(o) · tanh(c[t])
 *
 * Shapes, which are not checked: gates `(N, 4H, T)`, weightHh `(4H, H)`, initial `(N, 2H)`, which is h, then c before the first
 * moment; the result `(N, 2H, T)`, again h, then c. Going on from the last column gives the same bits as all at once.
 *
 * Source: Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000, in the gate order of PyTorch.
 */
export const lstm = (gates: Tensor, weightHh: Tensor, initial: Tensor): Tensor => {
  const [batch, , length] = gates.shape as [number, number, number];
  const hidden = weightHh.shape[1]!;
  return makeNode(lstmOp, [gates, weightHh, initial], { hidden }, [batch, 2 * hidden, length], gates.dtype);
};
