import type { Tensor } from "../../graph/tensor.ts";
import { type LSTMState, lstmKind } from "./kind.ts";
import { Recurrent, type RecurrentOptions } from "./recurrent.ts";

export type { LSTMState } from "./kind.ts";

export interface LSTMOptions extends RecurrentOptions {}

/**
 * Long short-term memory: `const [output, [hN, cN]] = lstm.forward(x, [h0, c0])`; the states are zeros where none are given.
 *
 *     i, f, g, o = weight_ih · x[t] + bias_ih + bias_hh + weight_hh · h[t−1]
 *     c[t] = σ(f) · c[t−1] + σ(i) · tanh(g)
 *     h[t] = σ(o) · tanh(c[t])
 *
 * Shapes, with D = 2 if bidirectional, else 1: x `(L, N, inputSize)`, output `(L, N, D · hiddenSize)`, with `batchFirst` `(N, L, …)`,
 * or without N; states `(D · numLayers, N, hiddenSize)`, without N if x has none. A network in `(N, C, L)` transposes around it:
 * `lstm.forward(x.transpose(1, 2))[0].transpose(1, 2)`, with `batchFirst`.
 *
 * Going on from `[hN, cN]` gives the same bits as the whole signal at once. Gradients to any order exist; they are built out of a dozen
 * operations per moment, so training on long signals wants them cut.
 *
 * The parameters are fields of PyTorch's names: `weight_ih_l0` `(4 · hiddenSize, inputSize)`, `weight_hh_l0`
 * `(4 · hiddenSize, hiddenSize)`, `bias_ih_l0` and `bias_hh_l0` `(4 · hiddenSize)`, then `…_l0_reverse`, `…_l1`, …, where
 * `weight_ih` reads the `D · hiddenSize` outputs of the layer below. They start uniform within ±1/√hiddenSize, PyTorch's numbers for
 * the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html (without `proj_size` and packed sequences)
 */
export class LSTM extends Recurrent<LSTMState, [Tensor, Tensor]> {
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super("LSTM", lstmKind, inputSize, hiddenSize, options);
  }
}
