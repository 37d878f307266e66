import { ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkCount, checkOptions } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../ops/create.ts";
import { checkCompanionDType, checkFloatTensor } from "../../ops/elementwise/operand.ts";
import { lstmLayer } from "../../ops/recurrent/lstmLayer.ts";
import { cat } from "../../ops/shape/cat.ts";
import { squeeze, unsqueeze } from "../../ops/shape/reshape.ts";
import { split } from "../../ops/shape/slice.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { type LSTMState, recurrentDefault, stateOrZeros } from "./state.ts";

export interface LSTMCellOptions extends DTypeOption {
  /** Whether the gates have learned summands: two each, as in PyTorch. Default true. */
  bias?: boolean;
}

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
export class LSTMCell extends Module<[x: Tensor, state?: LSTMState | null], [Tensor, Tensor]> {
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly bias: boolean;

  constructor(inputSize: number, hiddenSize: number, options: LSTMCellOptions = {}) {
    super();
    checkOptions("LSTMCell", options, ["bias", "dtype"]);
    const dtype = layerDType("LSTMCell", options);
    const { bias = true } = options;
    this.inputSize = checkCount("LSTMCell", "inputSize", inputSize, 1);
    this.hiddenSize = checkCount("LSTMCell", "hiddenSize", hiddenSize, 1);
    this.bias = checkBoolean("LSTMCell", "bias", bias);
    const rows = 4 * hiddenSize;
    this.weight_ih = new Parameter(zeros([rows, inputSize], { dtype }));
    this.weight_hh = new Parameter(zeros([rows, hiddenSize], { dtype }));
    this.bias_ih = bias ? new Parameter(zeros([rows], { dtype })) : null;
    this.bias_hh = bias ? new Parameter(zeros([rows], { dtype })) : null;
    this.knowParameters();
    recurrentDefault(this.parameters(), hiddenSize);
  }

  /** @throws ShapeError, DTypeError, OptionTypeError */
  override forward(x: Tensor, state?: LSTMState | null): [Tensor, Tensor] {
    checkFloatTensor("LSTMCell", x);
    if (x.rank !== 1 && x.rank !== 2)
      throw new ShapeError(
        `LSTMCell: Expected input to be 1D or 2D, got ${x.rank}D instead (shape ${showShape(x.shape)})`,
      );
    if (x.shape.at(-1) !== this.inputSize)
      throw new ShapeError(
        `LSTMCell: input has inconsistent input_size: got ${x.shape.at(-1)} expected ${this.inputSize} (input ${showShape(x.shape)})`,
      );
    checkCompanionDType("LSTMCell", "weight_ih", this.weight_ih, x);
    const given = stateOrZeros("LSTMCell", state, [...x.shape.slice(0, -1), this.hiddenSize], x);
    this.#checkState(x, given);
    const batched = (tensor: Tensor): Tensor => (x.rank === 1 ? unsqueeze(tensor, 0) : tensor);
    const weights = {
      weightIh: this.weight_ih,
      weightHh: this.weight_hh,
      biases: [this.bias_ih, this.bias_hh].filter((bias) => bias !== null),
    };
    const states = lstmLayer(unsqueeze(batched(x), 2), weights, cat(given.map(batched), 1));
    const [hidden, cell] = split(squeeze(states, 2), this.hiddenSize, 1) as [Tensor, Tensor];
    return x.rank === 1 ? [squeeze(hidden, 0), squeeze(cell, 0)] : [hidden, cell];
  }

  #checkState(x: Tensor, state: LSTMState): void {
    for (const [i, { shape, rank }] of state.entries()) {
      if (rank !== x.rank)
        throw new ShapeError(
          `LSTMCell: Expected hx[${i}] to be ${x.rank}D for ${x.rank}D input, got ${rank}D instead (shape ${showShape(shape)})`,
        );
      if (rank === 2 && shape[0] !== x.shape[0])
        throw new ShapeError(
          `LSTMCell: Input batch size ${x.shape[0]} doesn't match hidden${i} batch size ${shape[0]}`,
        );
      if (shape.at(-1) !== this.hiddenSize)
        throw new ShapeError(
          `LSTMCell: hidden${i} has inconsistent hidden_size: got ${shape.at(-1)}, expected ${this.hiddenSize}`,
        );
    }
  }

  protected override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias ? "" : ", bias=False"}`;
  }
}
