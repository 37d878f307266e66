import { checkChoice, checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { mean } from "../reduce/mean.ts";
import { sum } from "../reduce/sum.ts";

/** What becomes of the losses of the elements: their mean, their sum, or all of them as they are. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** Default `"mean"`. */
  reduction?: Reduction;
}

/** Validates the options of the loss named `op`, which knows those of `also` beside the reduction, and gives the reduction. */
export function checkReduction(op: string, options: LossOptions, also: readonly string[] = []): Reduction {
  checkOptions(op, options, [...also, "reduction"]);
  const { reduction = "mean" } = options;
  return checkChoice(op, "reduction", reduction, ["mean", "sum", "none"]);
}

export function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "mean" ? mean(losses) : sum(losses);
}
