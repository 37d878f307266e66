import type { Tensor } from "../../graph/tensor.ts";
import { type LSTMState, lstmKind } from "./kind.ts";
import { RecurrentCell, type RecurrentCellOptions } from "./recurrentCell.ts";

export interface LSTMCellOptions extends RecurrentCellOptions {}

/**
 * One step of an LSTM: `[h, c] = cell.forward(x, [h, c])`; the states are zeros where none are given. See `LSTM`, which gives the same
 * bits for many steps.
 *
 * Shapes: x `(N, inputSize)` or `(inputSize)`; h and c `(N, hiddenSize)` or `(hiddenSize)`.
 *
 * The parameters are fields of PyTorch's names: `weight_ih` `(4 · hiddenSize, inputSize)`, `weight_hh` `(4 · hiddenSize, hiddenSize)`,
 * `bias_ih` and `bias_hh` `(4 · hiddenSize)` or `null`. They start uniform within ±1/√hiddenSize, PyTorch's numbers for the same seed.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 */
export class LSTMCell extends RecurrentCell<LSTMState, [Tensor, Tensor]> {
  constructor(inputSize: number, hiddenSize: number, options: LSTMCellOptions = {}) {
    super("LSTMCell", lstmKind, inputSize, hiddenSize, options);
  }
}
