import { OptionTypeError } from "../../core/errors.ts";
import { isGiven, show } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { Tensor } from "../../graph/tensor.ts";
import { checkCompanionDType } from "../../ops/elementwise/operand.ts";
import { gruLayer } from "../../ops/recurrent/gruLayer.ts";
import type { RecurrentLayer } from "../../ops/recurrent/inputGates.ts";
import { lstmLayer } from "../../ops/recurrent/lstmLayer.ts";
import { uniform } from "../init/distributions.ts";

/** Hidden state and cell state. */
export type LSTMState = readonly [hidden: Tensor, cell: Tensor];

/** What one kind of recurrent layer has of its own: how it takes its states, of type `State`, and gives them, of type `Last`. */
export interface RecurrentKind<State, Last> {
  /** Per hidden unit. */
  readonly gates: number;
  readonly layer: RecurrentLayer;
  /** What PyTorch's texts call the states. */
  readonly names: readonly string[];
  /** The states as a list; `undefined` for something else. */
  readonly list: (state: State) => readonly Tensor[] | undefined;
  readonly expected: string;
  readonly give: (states: readonly Tensor[]) => Last;
}

const isTensor = (value: unknown): boolean => value instanceof Tensor;

export const lstmKind: RecurrentKind<LSTMState, [Tensor, Tensor]> = {
  ...{ gates: 4, layer: lstmLayer, names: ["hidden[0]", "hidden[1]"], expected: "an array of two tensors, [h, c]" },
  list: (state) => (Array.isArray(state) && state.length === 2 && state.every(isTensor) ? state : undefined),
  give: (states) => states as [Tensor, Tensor],
};

export const gruKind: RecurrentKind<Tensor, Tensor> = {
  ...{ gates: 3, layer: gruLayer, names: ["hidden"], expected: "a tensor" },
  list: (state) => (isTensor(state) ? [state] : undefined),
  give: ([hidden]) => hidden!,
};

/** The states given to `forward`, of the element type of x; `null` where none are. */
export function givenStates<State, Last>(
  layer: string,
  { names, list, expected }: RecurrentKind<State, Last>,
  state: State | null | undefined,
  x: Tensor,
): readonly Tensor[] | null {
  if (!isGiven(state)) return null;
  const states = list(state);
  if (!states) throw new OptionTypeError(`${layer}: the state must be ${expected}, got ${show(state)}`);
  states.forEach((part, i) => {
    checkCompanionDType(layer, names[i]!, part, x);
  });
  return states;
}

/** What PyTorch's recurrent layers start from: every parameter in turn within ±1/√hiddenSize. */
export function recurrentDefault(parameters: Iterable<Parameter>, hiddenSize: number): void {
  const bound = 1 / Math.sqrt(hiddenSize);
  for (const parameter of parameters) uniform(parameter, -bound, bound);
}
