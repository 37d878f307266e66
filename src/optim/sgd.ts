import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sub } from "../ops/elementwise/binary.ts";
import { finite, flag, type Hyperparameters, nonNegative, type Specification } from "./hyperparameters.ts";
import { Optimizer, type Update } from "./optimizer.ts";
import type { Trainable } from "./paramGroups.ts";

export interface SGDHyperparameters extends Hyperparameters {
  /** How much of the last direction is kept. Default 0. */
  momentum: number;
  /** How much of the gradient is kept out of the momentum. Default 0. */
  dampening: number;
  /** Times the parameter, added to the gradient. Default 0. */
  weightDecay: number;
  /** Looks ahead along the momentum; needs a momentum and no dampening. Default false. */
  nesterov: boolean;
}

type SGDState = { readonly momentum_buffer: Tensor };

const specification: Specification<SGDHyperparameters> = {
  lr: { initial: 1e-3, check: nonNegative },
  momentum: { initial: 0, check: nonNegative },
  dampening: { initial: 0, check: finite },
  weightDecay: { initial: 0, check: nonNegative },
  nesterov: { initial: false, check: flag },
};

/**
 * Stochastic gradient descent: `v ← momentum · v + (1 − dampening) · g`, `w ← w − lr · v`; `v` starts as the first gradient.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class SGD extends Optimizer<SGDHyperparameters, SGDState> {
  constructor(params: Trainable<SGDHyperparameters>, options?: Partial<SGDHyperparameters>) {
    super("SGD", specification, params, options);
  }

  protected override update(
    w: Tensor,
    grad: Tensor,
    { lr, momentum, dampening, weightDecay, nesterov }: SGDHyperparameters,
    state: SGDState | undefined,
  ): Update<SGDState> {
    const g = weightDecay === 0 ? grad : add(grad, mul(w, weightDecay));
    if (momentum === 0) return { value: sub(w, mul(g, lr)) };
    const buffer = state ? add(mul(state.momentum_buffer, momentum), mul(g, 1 - dampening)) : g;
    const direction = nesterov ? add(g, mul(buffer, momentum)) : buffer;
    return { value: sub(w, mul(direction, lr)), state: { momentum_buffer: buffer } };
  }

  protected override stateNames({ momentum }: SGDHyperparameters): readonly "momentum_buffer"[] {
    return momentum === 0 ? [] : ["momentum_buffer"];
  }

  protected override broken({ momentum, dampening, nesterov }: SGDHyperparameters): string | undefined {
    return nesterov && (momentum === 0 || dampening !== 0)
      ? `nesterov needs momentum > 0 and dampening 0, got momentum ${momentum} and dampening ${dampening}`
      : undefined;
  }
}
