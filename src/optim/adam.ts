import type { Tensor } from "../graph/tensor.ts";
import { add, div, maximum, mul } from "../ops/elementwise/binary.ts";
import { sqrt } from "../ops/elementwise/unary.ts";
import { decayRates, flag, type Hyperparameters, nonNegative, type Specification } from "./hyperparameters.ts";
import { Optimizer, type Update, zerosLike } from "./optimizer.ts";
import type { Trainable } from "./paramGroups.ts";

export interface AdamHyperparameters extends Hyperparameters {
  /** Decay of the running means of the gradient and of its square. Default `[0.9, 0.999]`. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** `Adam`: times the parameter, added to the gradient, default 0. `AdamW`: decays the parameter itself, default 0.01. */
  weightDecay: number;
  /** Divides by the largest running mean of squares so far. Default false. */
  amsgrad: boolean;
}

export type AdamState = {
  readonly step: number;
  readonly exp_avg: Tensor;
  readonly exp_avg_sq: Tensor;
  readonly max_exp_avg_sq?: Tensor;
};

export const adamSpecification: Specification<AdamHyperparameters> = {
  lr: { initial: 1e-3, check: nonNegative },
  betas: { initial: [0.9, 0.999], check: decayRates },
  eps: { initial: 1e-8, check: nonNegative },
  weightDecay: { initial: 0, check: nonNegative },
  amsgrad: { initial: false, check: flag },
};

/**
 * Adam: running means of the gradient and of its square, both corrected for their start at zero;
 * `w ← w − lr · m̂ / (√v̂ + eps)`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export class Adam extends Optimizer<AdamHyperparameters, AdamState> {
  constructor(params: Trainable<AdamHyperparameters>, options?: Partial<AdamHyperparameters>) {
    super("Adam", adamSpecification, params, options);
  }

  protected override update(
    w: Tensor,
    grad: Tensor,
    group: AdamHyperparameters,
    state: AdamState | undefined,
  ): Update<AdamState> {
    const { weightDecay } = group;
    return adamUpdate(w, weightDecay === 0 ? grad : add(grad, mul(w, weightDecay)), group, state);
  }

  protected override stateNames(group: AdamHyperparameters): readonly (keyof AdamState)[] {
    return adamStateNames(group);
  }
}

export const adamStateNames = ({ amsgrad }: AdamHyperparameters): (keyof AdamState)[] => [
  "step",
  "exp_avg",
  "exp_avg_sq",
  ...(amsgrad ? ["max_exp_avg_sq" as const] : []),
];

/** The update that Adam and AdamW share, without weight decay. */
export function adamUpdate(
  w: Tensor,
  g: Tensor,
  { lr, betas: [beta1, beta2], eps, amsgrad }: AdamHyperparameters,
  state: AdamState | undefined,
): Update<AdamState> {
  const step = (state?.step ?? 0) + 1;
  const exp_avg = add(mul(state?.exp_avg ?? zerosLike(w), beta1), mul(g, 1 - beta1));
  const exp_avg_sq = add(mul(state?.exp_avg_sq ?? zerosLike(w), beta2), mul(mul(g, 1 - beta2), g));
  const largest = amsgrad ? { max_exp_avg_sq: maximum(state?.max_exp_avg_sq ?? zerosLike(w), exp_avg_sq) } : {};
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  const denominator = add(div(sqrt(largest.max_exp_avg_sq ?? exp_avg_sq), Math.sqrt(correction2)), eps);
  return {
    value: add(w, div(mul(exp_avg, -lr / correction1), denominator)),
    state: { step, exp_avg, exp_avg_sq, ...largest },
  };
}
