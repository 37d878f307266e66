import { noGrad } from "../../graph/mode.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, mul, sub } from "../elementwise/binary.ts";
import type { Operand } from "../elementwise/operand.ts";

/** Mean and variance per channel. */
export interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * `(1 − momentum) · running + momentum · seen`, through which no gradient flows. Nothing is computed yet.
 *
 * `seen` is of a batch: `count` numbers per channel, and the biased variance, which is stored unbiased (times `count/(count−1)`).
 */
export function moveStatistics(running: Statistics, seen: Statistics, count: number, momentum: Operand): Statistics {
  const kept = typeof momentum === "number" ? 1 - momentum : sub(1, momentum);
  return noGrad(() => ({
    mean: add(mul(running.mean, kept), mul(seen.mean, momentum)),
    variance: add(mul(running.variance, kept), mul(mul(seen.variance, count / (count - 1)), momentum)),
  }));
}
