import type { Tensor } from "../../graph/tensor.ts";
import { gruKind } from "./kind.ts";
import { Recurrent, type RecurrentOptions } from "./recurrent.ts";

export interface GRUOptions extends RecurrentOptions {}

/**
 * Gated recurrent units: `const [output, hN] = gru.forward(x, h0)`; the state is zeros where none is given.
 *
 *     r, z = σ(weight_ih · x[t] + bias_ih + (weight_hh · h[t−1] + bias_hh))          the first two thirds of the rows
 *     n = tanh(weight_ih · x[t] + bias_ih + r · (weight_hh · h[t−1] + bias_hh))      the last third
 *     h[t] = (1 − z) · n + z · h[t−1]
 *
 * Shapes, with D = 2 if bidirectional, else 1: x `(L, N, inputSize)`, output `(L, N, D · hiddenSize)`, with `batchFirst` `(N, L, …)`,
 * or without N; state `(D · numLayers, N, hiddenSize)`, without N if x has none. A network in `(N, C, L)` transposes around it:
 * `gru.forward(x.transpose(1, 2))[0].transpose(1, 2)`, with `batchFirst`.
 *
 * Going on from `hN` gives the same bits as the whole signal at once. Gradients to any order exist; they are built out of a dozen
 * operations per moment, so training on long signals wants them cut.
 *
 * The parameters are fields of PyTorch's names: `weight_ih_l0` `(3 · hiddenSize, inputSize)`, `weight_hh_l0`
 * `(3 · hiddenSize, hiddenSize)`, `bias_ih_l0` and `bias_hh_l0` `(3 · hiddenSize)`, then `…_l0_reverse`, `…_l1`, …, where
 * `weight_ih` reads the `D · hiddenSize` outputs of the layer below. They start uniform within ±1/√hiddenSize, PyTorch's numbers for
 * the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html (without packed sequences)
 */
export class GRU extends Recurrent<Tensor, Tensor> {
  constructor(inputSize: number, hiddenSize: number, options: GRUOptions = {}) {
    super("GRU", gruKind, inputSize, hiddenSize, options);
  }
}
