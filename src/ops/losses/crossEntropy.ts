import { DTypeError, OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { logSoftmax } from "../activations/softmax.ts";
import { add, mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { neg } from "../elementwise/unary.ts";
import { where } from "../elementwise/where.ts";
import { sum } from "../reduce/sum.ts";
import { asTarget, type ClassTarget, classAxis, classWeights, oneHot } from "./classes.ts";
import { checkIgnored, likelihood, type NllLossOptions, reduceByShare } from "./nllLoss.ts";
import { checkReduction, reduce } from "./reduction.ts";

export interface CrossEntropyOptions extends NllLossOptions {
  /** The part ε in 0..1 of the target that is spread evenly over all classes. Default 0. */
  labelSmoothing?: number;
}

/**
 * `−Σ_c weight[c] · p[c] · logSoftmax(input)[c]`, where the distribution p over the C classes is all on the target class, or is
 * the target itself; with smoothing it is `(1−ε)·p + ε/C`.
 *
 * Shapes: input (logits) `(N, C)`, `(N, C, L)` or `(C)`; target the numbers of classes, `(N)`, `(N, L)` or `()`, or
 * probabilities in the shape of the input. The mean over class numbers divides by the sum of `weight[t]` over the targets that
 * are not ignored; the mean over probabilities by the number of positions.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 */
export function crossEntropy(input: Tensor, target: ClassTarget, options: CrossEntropyOptions = {}): Tensor {
  const reduction = checkReduction(OP, options, ["weight", "ignoreIndex", "labelSmoothing"]);
  const smoothing = checkSmoothing(OP, options);
  const ignoreIndex = checkIgnored(OP, options);
  checkFloatTensor(OP, input);
  const axis = classAxis(OP, input);
  const even = smoothing / input.shape[axis]!;
  const weights = classWeights(OP, options.weight, input, axis);
  const byWeight = (x: Tensor): Tensor => (weights ? mul(x, weights) : x);
  const goal = asTarget(OP, target, input);
  const logs = logSoftmax(input, axis);
  if (sameShape(input.shape, goal.shape)) {
    checkDistribution(goal, input, ignoreIndex);
    const p = smoothing === 0 ? goal : add(mul(goal, 1 - smoothing), even);
    return reduce(neg(sum(mul(p, byWeight(logs)), axis)), reduction);
  }
  const labels = oneHot(OP, input, axis, goal, ignoreIndex);
  const shares = byWeight(labels);
  const counts = sum(shares, axis);
  const sharp = likelihood(logs, labels, shares, axis);
  if (smoothing === 0) return reduceByShare(sharp, counts, reduction);
  const spread = where(sum(labels, axis), neg(sum(byWeight(logs), axis)), 0);
  return reduceByShare(add(mul(sharp, 1 - smoothing), mul(spread, even)), counts, reduction);
}
const OP = "crossEntropy";

function checkDistribution(target: Tensor, input: Tensor, ignoreIndex: number): void {
  if (target.dtype !== input.dtype)
    throw new DTypeError(
      `${OP}: a target in the shape ${showShape(input.shape)} of the input holds probabilities and must be ${input.dtype}, got ${target.dtype}`,
    );
  if (ignoreIndex >= 0)
    throw new OptionError(`${OP}: ignoreIndex ${ignoreIndex} means nothing with a target of probabilities`);
}

/** Validates ε for the op or layer named `op`. */
export function checkSmoothing(op: string, { labelSmoothing = 0 }: CrossEntropyOptions): number {
  const value = checkNumber(op, "labelSmoothing", labelSmoothing);
  if (value >= 0 && value <= 1) return value;
  throw new OptionError(`${op}: labelSmoothing must be in 0..1, got ${value}`);
}
