import { OptionError, OptionTypeError, ShapeError } from "../../core/errors.ts";
import { checkBoolean, checkCount, checkOptions, show } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../ops/create.ts";
import { dropout } from "../../ops/dropout.ts";
import { checkCompanionDType, checkFloatTensor } from "../../ops/elementwise/operand.ts";
import { type LstmWeights, lstmLayer } from "../../ops/recurrent/lstmLayer.ts";
import { cat, stack } from "../../ops/shape/cat.ts";
import { squeeze, unsqueeze } from "../../ops/shape/reshape.ts";
import { flip, slice, split } from "../../ops/shape/slice.ts";
import { permute } from "../../ops/shape/transpose.ts";
import { Module } from "../module.ts";
import { type DTypeOption, layerDType } from "../options.ts";
import { pythonBool, pythonFloat } from "../repr.ts";
import { checkStateShape, type LSTMState, recurrentDefault, stateOrZeros } from "./state.ts";

export type { LSTMState } from "./state.ts";

export interface LSTMOptions extends DTypeOption {
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
export class LSTM extends Module<[x: Tensor, state?: LSTMState | null], [Tensor, [Tensor, Tensor]]> {
  [weight: `weight_${string}`]: Parameter;
  [bias: `bias_${string}`]: Parameter;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;

  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super();
    checkOptions("LSTM", options, ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "dtype"]);
    const dtype = layerDType("LSTM", options);
    const { numLayers = 1, bias = true, batchFirst = false, bidirectional = false } = options;
    this.inputSize = checkCount("LSTM", "inputSize", inputSize, 1);
    this.hiddenSize = checkCount("LSTM", "hiddenSize", hiddenSize, 1);
    this.numLayers = checkCount("LSTM", "numLayers", numLayers, 1);
    this.bias = checkBoolean("LSTM", "bias", bias);
    this.batchFirst = checkBoolean("LSTM", "batchFirst", batchFirst);
    this.dropout = checkDropout(options.dropout);
    this.bidirectional = checkBoolean("LSTM", "bidirectional", bidirectional);
    const rows = 4 * hiddenSize;
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
  override forward(x: Tensor, state?: LSTMState | null): [Tensor, [Tensor, Tensor]] {
    checkFloatTensor("LSTM", x);
    if (x.rank !== 2 && x.rank !== 3)
      throw new ShapeError(`LSTM: Expected input to be 2D or 3D, got ${x.rank}D instead (shape ${showShape(x.shape)})`);
    if (x.shape.at(-1) !== this.inputSize)
      throw new ShapeError(
        `LSTM: input.size(-1) must be equal to input_size. Expected ${this.inputSize}, got ${x.shape.at(-1)} (input ${showShape(x.shape)})`,
      );
    checkCompanionDType("LSTM", "weight_ih_l0", this.weight_ih_l0!, x);
    if (x.rank === 3) return this.#run(x, this.#states(x, state));
    const batchAxis = this.batchFirst ? 0 : 1;
    const [hidden, cell] = this.#states(x, state);
    const [output, last] = this.#run(unsqueeze(x, batchAxis), [unsqueeze(hidden, 1), unsqueeze(cell, 1)]);
    return [squeeze(output, batchAxis), [squeeze(last[0], 1), squeeze(last[1], 1)]];
  }

  #states(x: Tensor, given: LSTMState | null | undefined): LSTMState {
    const batch = x.rank === 2 ? [] : [x.shape[this.batchFirst ? 0 : 1]!];
    const shape = [this.numLayers * this.#directions, ...batch, this.hiddenSize];
    const state = stateOrZeros("LSTM", given, shape, x);
    if (state.some(({ rank }) => rank !== x.rank))
      throw new ShapeError(
        `LSTM: For ${x.rank === 3 ? "batched" : "unbatched"} ${x.rank}-D input, hx and cx should also be ${x.rank}-D but got (${state[0].rank}-D, ${state[1].rank}-D) tensors`,
      );
    checkStateShape("LSTM", state, shape);
    return state;
  }

  /** All layers over a batch. Between them signals are `(N, C, L)`. */
  #run(x: Tensor, [hidden, cell]: LSTMState): [Tensor, [Tensor, Tensor]] {
    let signal = permute(x, this.batchFirst ? [0, 2, 1] : [1, 2, 0]);
    const length = signal.shape[2]!;
    if (length === 0)
      throw new ShapeError(`LSTM: Expected sequence length to be larger than 0 in RNN (input ${showShape(x.shape)})`);
    const last: LSTMState[] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) signal = this.#dropped(signal);
      const below = signal;
      const outputs = this.#suffixes(layer).map((suffix, direction) => {
        const at = last.length;
        const initial = cat(
          [hidden, cell].map((states) => squeeze(slice(states, 0, at, at + 1), 0)),
          1,
        );
        const read = direction === 0 ? below : flip(below, 2);
        const states = lstmLayer(read, this.#weights(suffix), initial);
        last.push(split(squeeze(slice(states, 2, length - 1), 2), this.hiddenSize, 1) as unknown as LSTMState);
        const output = slice(states, 1, 0, this.hiddenSize);
        return direction === 0 ? output : flip(output, 2);
      });
      signal = cat(outputs, 1);
    }
    const [hiddens, cells] = [0, 1].map((i) => stack(last.map((states) => states[i]!))) as [Tensor, Tensor];
    const output = permute(signal, this.batchFirst ? [0, 2, 1] : [2, 0, 1]);
    const name = this.bidirectional ? "bidirectional LSTM" : "LSTM";
    return [composed(name, [x], null, output), [hiddens, cells]];
  }

  /** Dropout in the order `(L, N, C)`, in which PyTorch draws. */
  #dropped(signal: Tensor): Tensor {
    if (!this.training || this.dropout === 0) return signal;
    return permute(dropout(permute(signal, [2, 0, 1]), this.dropout, true), [1, 2, 0]);
  }

  #weights(suffix: string): LstmWeights {
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

function checkDropout(dropout: unknown = 0): number {
  const text =
    "LSTM: dropout should be a number in range [0, 1] representing the probability of an element being zeroed";
  if (typeof dropout !== "number") throw new OptionTypeError(`${text}, got ${show(dropout)}`);
  if (!(dropout >= 0 && dropout <= 1)) throw new OptionError(`${text}, got ${dropout}`);
  return dropout;
}
