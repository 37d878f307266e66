import { ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkCount, checkOptions } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../ops/create.ts";
import { checkCompanionDType, checkFloatTensor } from "../../ops/elementwise/operand.ts";
import { cat } from "../../ops/shape/cat.ts";
import { squeeze, unsqueeze } from "../../ops/shape/reshape.ts";
import { split } from "../../ops/shape/slice.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { givenStates, type RecurrentKind, recurrentDefault } from "./kind.ts";

/** What `LSTMCell` and `GRUCell` may be told. */
export interface RecurrentCellOptions extends DTypeOption {
  /** Whether the gates have learned summands: two each, as in PyTorch. Default true. */
  bias?: boolean;
}

/** What `LSTMCell` and `GRUCell` have in common. */
export abstract class RecurrentCell<State, Last> extends Module<[x: Tensor, state?: State | null], Last> {
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly bias: boolean;
  readonly #name: string;
  readonly #kind: RecurrentKind<State, Last>;

  constructor(
    name: string,
    kind: RecurrentKind<State, Last>,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentCellOptions,
  ) {
    super();
    checkOptions(name, options, ["bias", "dtype"]);
    const dtype = layerDType(name, options);
    const { bias = true } = options;
    this.#name = name;
    this.#kind = kind;
    this.inputSize = checkCount(name, "inputSize", inputSize, 1);
    this.hiddenSize = checkCount(name, "hiddenSize", hiddenSize, 1);
    this.bias = checkBoolean(name, "bias", bias);
    const rows = kind.gates * hiddenSize;
    this.weight_ih = new Parameter(zeros([rows, inputSize], { dtype }));
    this.weight_hh = new Parameter(zeros([rows, hiddenSize], { dtype }));
    this.bias_ih = bias ? new Parameter(zeros([rows], { dtype })) : null;
    this.bias_hh = bias ? new Parameter(zeros([rows], { dtype })) : null;
    this.knowParameters();
    recurrentDefault(this.parameters(), hiddenSize);
  }

  /** @throws ShapeError, DTypeError, OptionTypeError */
  override forward(x: Tensor, state?: State | null): Last {
    const name = this.#name;
    checkFloatTensor(name, x);
    if (x.rank !== 1 && x.rank !== 2)
      throw new ShapeError(
        `${name}: Expected input to be 1D or 2D, got ${x.rank}D instead (shape ${showShape(x.shape)})`,
      );
    if (x.shape.at(-1) !== this.inputSize)
      throw new ShapeError(
        `${name}: input has inconsistent input_size: got ${x.shape.at(-1)} expected ${this.inputSize} (input ${showShape(x.shape)})`,
      );
    checkCompanionDType(name, "weight_ih", this.weight_ih, x);
    const shape = [...x.shape.slice(0, -1), this.hiddenSize];
    const given =
      givenStates(name, this.#kind, state, x) ?? this.#kind.names.map(() => zeros(shape, { dtype: x.dtype }));
    this.#checkStates(x, given);
    const batched = (tensor: Tensor): Tensor => (x.rank === 1 ? unsqueeze(tensor, 0) : tensor);
    const weights = {
      weightIh: this.weight_ih,
      weightHh: this.weight_hh,
      biases: [this.bias_ih, this.bias_hh].filter((bias) => bias !== null),
    };
    const made = this.#kind.layer(unsqueeze(batched(x), 2), weights, cat(given.map(batched), 1));
    const states = split(squeeze(made, 2), this.hiddenSize, 1);
    return this.#kind.give(x.rank === 1 ? states.map((part) => squeeze(part, 0)) : states);
  }

  #checkStates(x: Tensor, states: readonly Tensor[]): void {
    for (const [i, { shape, rank }] of states.entries()) {
      if (rank !== x.rank)
        throw new ShapeError(
          `${this.#name}: Expected ${this.#kind.names[i]!.replace("hidden", "hx")} to be ${x.rank}D for ${x.rank}D input, got ${rank}D instead (shape ${showShape(shape)})`,
        );
      if (rank === 2 && shape[0] !== x.shape[0])
        throw new ShapeError(
          `${this.#name}: Input batch size ${x.shape[0]} doesn't match hidden${i} batch size ${shape[0]}`,
        );
      if (shape.at(-1) !== this.hiddenSize)
        throw new ShapeError(
          `${this.#name}: hidden${i} has inconsistent hidden_size: got ${shape.at(-1)}, expected ${this.hiddenSize}`,
        );
    }
  }

  protected override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias ? "" : ", bias=False"}`;
  }
}
