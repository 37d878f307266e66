import type { Tensor } from "../graph/tensor.ts";
import { mul } from "../ops/elementwise/binary.ts";
import { type AdamHyperparameters, type AdamState, adamSpecification, adamStateNames, adamUpdate } from "./adam.ts";
import { nonNegative, type Specification } from "./hyperparameters.ts";
import { Optimizer, type Update } from "./optimizer.ts";
import type { Trainable } from "./paramGroups.ts";

const specification: Specification<AdamHyperparameters> = {
  ...adamSpecification,
  weightDecay: { initial: 1e-2, check: nonNegative },
};

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): `w ← w · (1 − lr · weightDecay)`, then Adam's step.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends Optimizer<AdamHyperparameters, AdamState> {
  constructor(params: Trainable<AdamHyperparameters>, options?: Partial<AdamHyperparameters>) {
    super("AdamW", specification, params, options);
  }

  protected override update(
    w: Tensor,
    grad: Tensor,
    group: AdamHyperparameters,
    state: AdamState | undefined,
  ): Update<AdamState> {
    return adamUpdate(mul(w, 1 - group.lr * group.weightDecay), grad, group, state);
  }

  protected override stateNames(group: AdamHyperparameters): readonly (keyof AdamState)[] {
    return adamStateNames(group);
  }
}
