import { checkInteger } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { div, mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { neg } from "../elementwise/unary.ts";
import { where } from "../elementwise/where.ts";
import { sum } from "../reduce/sum.ts";
import { asTarget, type ClassTarget, classAxis, classWeights, oneHot } from "./classes.ts";
import type { Numbers } from "./operands.ts";
import { checkReduction, type LossOptions, type Reduction, reduce } from "./reduction.ts";

export interface NllLossOptions extends LossOptions {
  /** One factor for each class; the mean is then a weighted one. */
  weight?: Tensor | Numbers | null;
  /** A target that counts nothing. Default −100. */
  ignoreIndex?: number;
}

/**
 * The negative log-likelihood `−weight[t] · input[n, t]` of the right class t, given log-probabilities. The mean divides by the
 * sum of `weight[t]` over the targets that are not ignored.
 *
 * Shapes: input `(N, C)`, `(N, C, L)` or `(C)`; target `(N)`, `(N, L)` or `()`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export function nllLoss(input: Tensor, target: ClassTarget, options: NllLossOptions = {}): Tensor {
  const reduction = checkReduction("nllLoss", options, ["weight", "ignoreIndex"]);
  checkFloatTensor("nllLoss", input);
  const axis = classAxis("nllLoss", input);
  const labels = oneHot("nllLoss", input, axis, asTarget("nllLoss", target, input), checkIgnored("nllLoss", options));
  const weights = classWeights("nllLoss", options.weight, input, axis);
  const shares = weights ? mul(labels, weights) : labels;
  return reduceByShare(likelihood(input, labels, shares, axis), sum(shares, axis), reduction);
}

/** `−Σ shares · logs` over the classes that are meant: the others may have a logarithm of −∞. */
export const likelihood = (logs: Tensor, labels: Tensor, shares: Tensor, axis: number): Tensor =>
  neg(sum(where(labels, mul(shares, logs), 0), axis));

export const checkIgnored = (op: string, { ignoreIndex = -100 }: NllLossOptions): number =>
  checkInteger(op, "ignoreIndex", ignoreIndex, -(2 ** 31));

/** As `reduce`, with a mean that counts each position by its share; NaN, as in PyTorch, where nothing counts. */
export function reduceByShare(losses: Tensor, shares: Tensor, reduction: Reduction): Tensor {
  return reduction === "mean" ? div(sum(losses), sum(shares)) : reduce(losses, reduction);
}
