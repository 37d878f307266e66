import type { Tensor } from "../../graph/tensor.ts";
import { gruKind } from "./kind.ts";
import { RecurrentCell, type RecurrentCellOptions } from "./recurrentCell.ts";

export interface GRUCellOptions extends RecurrentCellOptions {}

/**
 * One step of a GRU: `h = cell.forward(x, h)`; the state is zeros where none is given. See `GRU`, which gives the same bits for many
 * steps.
 *
 * Shapes: x `(N, inputSize)` or `(inputSize)`; h `(N, hiddenSize)` or `(hiddenSize)`.
 *
 * The parameters are fields of PyTorch's names: `weight_ih` `(3 · hiddenSize, inputSize)`, `weight_hh` `(3 · hiddenSize, hiddenSize)`,
 * `bias_ih` and `bias_hh` `(3 · hiddenSize)` or `null`. They start uniform within ±1/√hiddenSize, PyTorch's numbers for the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 */
export class GRUCell extends RecurrentCell<Tensor, Tensor> {
  constructor(inputSize: number, hiddenSize: number, options: GRUCellOptions = {}) {
    super("GRUCell", gruKind, inputSize, hiddenSize, options);
  }
}
