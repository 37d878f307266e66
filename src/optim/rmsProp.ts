import type { Tensor } from "../graph/tensor.ts";
import { add, div, mul, sub } from "../ops/elementwise/binary.ts";
import { sqrt } from "../ops/elementwise/unary.ts";
import { flag, type Hyperparameters, nonNegative, type Specification } from "./hyperparameters.ts";
import { Optimizer, type Update, zerosLike } from "./optimizer.ts";
import type { Trainable } from "./paramGroups.ts";

export interface RMSpropHyperparameters extends Hyperparameters {
  /** Decay of the running mean of squares. Default 0.99. */
  alpha: number;
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** Times the parameter, added to the gradient. Default 0. */
  weightDecay: number;
  /** Default 0. */
  momentum: number;
  /** Divides by an estimate of the standard deviation in place of the root mean square. Default false. */
  centered: boolean;
}

type RMSpropState = {
  readonly step: number;
  readonly square_avg: Tensor;
  readonly momentum_buffer?: Tensor;
  readonly grad_avg?: Tensor;
};

const specification: Specification<RMSpropHyperparameters> = {
  lr: { initial: 1e-2, check: nonNegative },
  alpha: { initial: 0.99, check: nonNegative },
  eps: { initial: 1e-8, check: nonNegative },
  weightDecay: { initial: 0, check: nonNegative },
  momentum: { initial: 0, check: nonNegative },
  centered: { initial: false, check: flag },
};

/**
 * RMSprop: `w ← w − lr · g / (√v + eps)`, where `v` is a running mean of `g²`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 */
export class RMSprop extends Optimizer<RMSpropHyperparameters, RMSpropState> {
  constructor(params: Trainable<RMSpropHyperparameters>, options?: Partial<RMSpropHyperparameters>) {
    super("RMSprop", specification, params, options);
  }

  protected override update(
    w: Tensor,
    grad: Tensor,
    { lr, alpha, eps, weightDecay, momentum, centered }: RMSpropHyperparameters,
    state: RMSpropState | undefined,
  ): Update<RMSpropState> {
    const step = (state?.step ?? 0) + 1;
    const g = weightDecay === 0 ? grad : add(grad, mul(w, weightDecay));
    const square_avg = add(mul(state?.square_avg ?? zerosLike(w), alpha), mul(mul(g, 1 - alpha), g));
    const mean = centered ? { grad_avg: add(mul(state?.grad_avg ?? zerosLike(w), alpha), mul(g, 1 - alpha)) } : {};
    const spread = mean.grad_avg ? sub(square_avg, mul(mean.grad_avg, mean.grad_avg)) : square_avg;
    const denominator = add(sqrt(spread), eps);
    if (momentum === 0) return { value: add(w, div(mul(g, -lr), denominator)), state: { step, square_avg, ...mean } };
    const momentum_buffer = add(mul(state?.momentum_buffer ?? zerosLike(w), momentum), div(g, denominator));
    return { value: sub(w, mul(momentum_buffer, lr)), state: { step, square_avg, momentum_buffer, ...mean } };
  }

  protected override stateNames({ momentum, centered }: RMSpropHyperparameters): readonly (keyof RMSpropState)[] {
    return [
      "step",
      "square_avg",
      ...(momentum === 0 ? [] : ["momentum_buffer" as const]),
      ...(centered ? ["grad_avg" as const] : []),
    ];
  }
}
