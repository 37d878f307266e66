import { OptionTypeError, ShapeError } from "../../core/errors.ts";
import { isGiven, show } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../ops/create.ts";
import { checkCompanionDType } from "../../ops/elementwise/operand.ts";
import { uniform } from "../init/distributions.ts";

/** Hidden state and cell state. */
export type LSTMState = readonly [hidden: Tensor, cell: Tensor];

/** The two states given to `forward`, as an array of two tensors of the element type of x; zeros of `shape` where none are. */
export function stateOrZeros(
  layer: string,
  state: LSTMState | null | undefined,
  shape: readonly number[],
  x: Tensor,
): LSTMState {
  if (!isGiven(state)) return [zeros(shape, { dtype: x.dtype }), zeros(shape, { dtype: x.dtype })];
  if (!Array.isArray(state) || state.length !== 2 || state.some((part) => !(part instanceof Tensor)))
    throw new OptionTypeError(`${layer}: the state must be an array of two tensors, [h, c], got ${show(state)}`);
  state.forEach((part: Tensor, i) => {
    checkCompanionDType(layer, `hidden[${i}]`, part, x);
  });
  return state as unknown as LSTMState;
}

/** @throws ShapeError with PyTorch's text */
export function checkStateShape(layer: string, state: LSTMState, shape: readonly number[]): void {
  for (const [i, part] of state.entries())
    if (!sameShape(part.shape, shape))
      throw new ShapeError(`${layer}: Expected hidden[${i}] size (${shape.join(", ")}), got ${showShape(part.shape)}`);
}

/** What PyTorch's recurrent layers start from: every parameter in turn within ±1/√hiddenSize. */
export function recurrentDefault(parameters: Iterable<Parameter>, hiddenSize: number): void {
  const bound = 1 / Math.sqrt(hiddenSize);
  for (const parameter of parameters) uniform(parameter, -bound, bound);
}
