import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { type Apply, part } from "./body.ts";
import { gruGradients } from "./gruGradients.ts";

export interface GruAttributes {
  readonly hidden: number;
  readonly resetAfter: boolean;
}

/** Arguments: r, z, n of the gates, then of the products; h, and in the second form what the reset gate has made of it. */
const gate = (apply: Apply, index: number): number => apply("sigmoid", apply("add", index, 3 + index));
const next = (apply: Apply, inner: number): number[] => {
  const candidate = apply("tanh", apply("add", 2, inner));
  return [apply("add", apply("mul", gate(apply, 1), apply("sub", 6, candidate)), candidate)];
};
const resettingAfter = [part(0, 3, 7, (apply) => next(apply, apply("mul", gate(apply, 0), 5)))];
const resettingBefore = [
  part(0, 2, 8, (apply) => [apply("mul", gate(apply, 0), 6)]),
  part(2, 3, 8, (apply) => next(apply, 5)),
];

export const gruOp: Op<GruAttributes> = {
  name: "gru",
  lower: ({ shape: [batch, , length] }, { hidden, resetAfter }) => ({
    kernel: "recurrence",
    attributes: {
      ...{ batch: batch!, hidden, length: length!, states: 1 },
      parts: resetAfter ? resettingAfter : resettingBefore,
    },
  }),
  gradient: gruGradients,
};

/**
 * The recurrence of a GRU, from the part of its gates that does not depend on it: for every t, with H rows each of x = gates[:, :, t],
 * W = weightHh and b = biasHh for r, z and n,
 *
 *     r = σ(x_r + (b_r + W_r · h[t−1]))
 *     z = σ(x_z + (b_z + W_z · h[t−1]))
 *     n = tanh(x_n + r · (b_n + W_n · h[t−1]))          if resetAfter, as in PyTorch and cuDNN; else
 *     n = tanh(x_n + (b_n + W_n · (r · h[t−1])))        as ONNX without linear_before_reset, and Cho et al.
 *     h[t] = z · (h[t−1] − n) + n                       which is (1 − z) · n + z · h[t−1]
 *
 * Shapes, which are not checked: gates `(N, 3H, T)`, weightHh `(3H, H)`, biasHh `(3H)`, initial `(N, H)`, which is h before the first
 * moment; the result `(N, H, T)`. Going on from the last column gives the same bits as all at once, and zeros are as good as no bias.
 *
 * Source: Cho et al. 2014, in the gate order of PyTorch.
 */
export const gru = (
  gates: Tensor,
  weightHh: Tensor,
  biasHh: Tensor,
  initial: Tensor,
  { resetAfter = true }: { readonly resetAfter?: boolean } = {},
): Tensor => {
  const [batch, , length] = gates.shape as [number, number, number];
  const hidden = weightHh.shape[1]!;
  return makeNode(
    gruOp,
    [gates, weightHh, biasHh, initial],
    { hidden, resetAfter },
    [batch, hidden, length],
    gates.dtype,
  );
};
