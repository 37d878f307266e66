import { OptionError, OptionTypeError, ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkCount, checkOptions, show } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../ops/create.ts";
import { dropout } from "../../ops/dropout.ts";
import { checkCompanionDType, checkFloatTensor } from "../../ops/elementwise/operand.ts";
import type { RecurrentWeights } from "../../ops/recurrent/inputGates.ts";
import { cat, stack } from "../../ops/shape/cat.ts";
import { squeeze, unsqueeze } from "../../ops/shape/reshape.ts";
import { flip, slice, split } from "../../ops/shape/slice.ts";
import { permute } from "../../ops/shape/transpose.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { pythonBool, pythonFloat } from "../repr.ts";
import { givenStates, type RecurrentKind, recurrentDefault } from "./kind.ts";

/** What `LSTM` and `GRU` may be told. */
export interface RecurrentOptions extends DTypeOption {
  /** Layers on top of each other; each but the first reads the hidden states of the one below. Default 1. */
  numLayers?: number;
  /** Whether the gates have learned summands: two each, as in PyTorch. Default true. */
  bias?: boolean;
  /** Whether input and output are `(N, L, …)` instead of `(L, N, …)`. States are `(…, N, …)` in any case. Default false. */
  batchFirst?: boolean;
  /** While training, the probability with which each output of every layer but the last becomes 0. Default 0. */
  dropout?: number;
  /** Whether each layer also reads the signal from its end, with weights of its own. Default false. */
  bidirectional?: boolean;
}

/** What `LSTM` and `GRU` have in common: layers on top of each other, in one direction or both. */
export abstract class Recurrent<State, Last> extends Module<[x: Tensor, state?: State | null], [Tensor, Last]> {
  [weight: `weight_${string}`]: Parameter;
  [bias: `bias_${string}`]: Parameter;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly #name: string;
  readonly #kind: RecurrentKind<State, Last>;

  constructor(
    name: string,
    kind: RecurrentKind<State, Last>,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions,
  ) {
    super();
    checkOptions(name, options, ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "dtype"]);
    const dtype = layerDType(name, options);
    const { numLayers = 1, bias = true, batchFirst = false, bidirectional = false } = options;
    this.#name = name;
    this.#kind = kind;
    this.inputSize = checkCount(name, "inputSize", inputSize, 1);
    this.hiddenSize = checkCount(name, "hiddenSize", hiddenSize, 1);
    this.numLayers = checkCount(name, "numLayers", numLayers, 1);
    this.bias = checkBoolean(name, "bias", bias);
    this.batchFirst = checkBoolean(name, "batchFirst", batchFirst);
    this.dropout = checkDropout(name, options.dropout);
    this.bidirectional = checkBoolean(name, "bidirectional", bidirectional);
    const rows = kind.gates * hiddenSize;
    for (let layer = 0; layer < numLayers; layer++)
      for (const suffix of this.#suffixes(layer)) {
        const features = layer === 0 ? inputSize : this.#directions * hiddenSize;
        this[`weight_ih${suffix}`] = new Parameter(zeros([rows, features], { dtype }));
        this[`weight_hh${suffix}`] = new Parameter(zeros([rows, hiddenSize], { dtype }));
        if (!bias) continue;
        this[`bias_ih${suffix}`] = new Parameter(zeros([rows], { dtype }));
        this[`bias_hh${suffix}`] = new Parameter(zeros([rows], { dtype }));
      }
    this.knowParameters();
    recurrentDefault(this.parameters(), hiddenSize);
  }

  /** @throws ShapeError, DTypeError, OptionTypeError */
  override forward(x: Tensor, state?: State | null): [Tensor, Last] {
    const name = this.#name;
    checkFloatTensor(name, x);
    if (x.rank !== 2 && x.rank !== 3)
      throw new ShapeError(
        `${name}: Expected input to be 2D or 3D, got ${x.rank}D instead (shape ${showShape(x.shape)})`,
      );
    if (x.shape.at(-1) !== this.inputSize)
      throw new ShapeError(
        `${name}: input.size(-1) must be equal to input_size. Expected ${this.inputSize}, got ${x.shape.at(-1)} (input ${showShape(x.shape)})`,
      );
    checkCompanionDType(name, "weight_ih_l0", this.weight_ih_l0!, x);
    const states = this.#states(x, state);
    if (x.rank === 3) {
      const [output, last] = this.#run(x, states);
      return [output, this.#kind.give(last)];
    }
    const batchAxis = this.batchFirst ? 0 : 1;
    const batched = states.map((part) => unsqueeze(part, 1));
    const [output, last] = this.#run(unsqueeze(x, batchAxis), batched);
    return [squeeze(output, batchAxis), this.#kind.give(last.map((part) => squeeze(part, 1)))];
  }

  #states(x: Tensor, state: State | null | undefined): readonly Tensor[] {
    const { names } = this.#kind;
    const batch = x.rank === 2 ? [] : [x.shape[this.batchFirst ? 0 : 1]!];
    const shape = [this.numLayers * this.#directions, ...batch, this.hiddenSize];
    const states = givenStates(this.#name, this.#kind, state, x) ?? names.map(() => zeros(shape, { dtype: x.dtype }));
    if (states.some(({ rank }) => rank !== x.rank)) {
      const ranks = states.map(({ rank }) => `${rank}-D`).join(", ");
      const [what, got] = states.length === 1 ? ["hx", `${ranks} tensor`] : ["hx and cx", `(${ranks}) tensors`];
      throw new ShapeError(
        `${this.#name}: For ${x.rank === 3 ? "batched" : "unbatched"} ${x.rank}-D input, ${what} should also be ${x.rank}-D but got ${got}`,
      );
    }
    for (const [i, part] of states.entries())
      if (!sameShape(part.shape, shape))
        throw new ShapeError(
          `${this.#name}: Expected ${names[i]} size (${shape.join(", ")}), got ${showShape(part.shape)}`,
        );
    return states;
  }

  /** All layers over a batch, and the last states of all. Between layers signals are `(N, C, L)`. */
  #run(x: Tensor, states: readonly Tensor[]): [Tensor, Tensor[]] {
    let signal = permute(x, this.batchFirst ? [0, 2, 1] : [1, 2, 0]);
    const length = signal.shape[2]!;
    if (length === 0)
      throw new ShapeError(
        `${this.#name}: Expected sequence length to be larger than 0 in RNN (input ${showShape(x.shape)})`,
      );
    const last: Tensor[][] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) signal = this.#dropped(signal);
      const below = signal;
      const outputs = this.#suffixes(layer).map((suffix, direction) => {
        const at = last.length;
        const initial = states.map((part) => squeeze(slice(part, 0, at, at + 1), 0));
        const read = direction === 0 ? below : flip(below, 2);
        const made = this.#kind.layer(read, this.#weights(suffix), cat(initial, 1));
        last.push(split(squeeze(slice(made, 2, length - 1), 2), this.hiddenSize, 1));
        const output = slice(made, 1, 0, this.hiddenSize);
        return direction === 0 ? output : flip(output, 2);
      });
      signal = cat(outputs, 1);
    }
    const output = permute(signal, this.batchFirst ? [0, 2, 1] : [2, 0, 1]);
    const name = `${this.bidirectional ? "bidirectional " : ""}${this.#name}`;
    return [composed(name, [x], null, output), states.map((_, i) => stack(last.map((parts) => parts[i]!)))];
  }

  /** Dropout in the order `(L, N, C)`, in which PyTorch draws. */
  #dropped(signal: Tensor): Tensor {
    if (!this.training || this.dropout === 0) return signal;
    return permute(dropout(permute(signal, [2, 0, 1]), this.dropout, true), [1, 2, 0]);
  }

  #weights(suffix: string): RecurrentWeights {
    return {
      weightIh: this[`weight_ih${suffix}`]!,
      weightHh: this[`weight_hh${suffix}`]!,
      biases: this.bias ? [this[`bias_ih${suffix}`]!, this[`bias_hh${suffix}`]!] : [],
    };
  }

  get #directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** What the names of a layer's parameters end in, by direction. */
  #suffixes(layer: number): string[] {
    return this.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
  }

  protected override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional } = this;
    return [
      `${inputSize}, ${hiddenSize}`,
      ...(numLayers === 1 ? [] : [`num_layers=${numLayers}`]),
      ...(bias ? [] : [`bias=${pythonBool(bias)}`]),
      ...(batchFirst ? [`batch_first=${pythonBool(batchFirst)}`] : []),
      ...(dropout === 0 ? [] : [`dropout=${pythonFloat(dropout)}`]),
      ...(bidirectional ? [`bidirectional=${pythonBool(bidirectional)}`] : []),
    ].join(", ");
  }
}

function checkDropout(name: string, dropout: unknown = 0): number {
  const text = `${name}: dropout should be a number in range [0, 1] representing the probability of an element being zeroed`;
  if (typeof dropout !== "number") throw new OptionTypeError(`${text}, got ${show(dropout)}`);
  if (!(dropout >= 0 && dropout <= 1)) throw new OptionError(`${text}, got ${dropout}`);
  return dropout;
}
