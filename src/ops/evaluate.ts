import { OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import * as graph from "../graph/evaluate.ts";
import type { Tensor } from "../graph/tensor.ts";
import { checkTensor } from "./elementwise/operand.ts";

/**
 * Computes all of `tensors` together, so that what they share is computed once; `data()` and `item()` then cost nothing. Asking
 * for a prediction after `optimizer.step()` would run the network again, because a training step keeps no intermediate values:
 * name it here, before or beside the step.
 */
export async function evaluate(tensors: readonly Tensor[]): Promise<void> {
  await graph.evaluate(nodesOf("evaluate", tensors));
}

/** As `evaluate`, at once; only on backends that compute synchronously. */
export function evaluateSync(tensors: readonly Tensor[]): void {
  graph.evaluateSync(nodesOf("evaluateSync", tensors));
}

function nodesOf(op: string, tensors: readonly Tensor[]): Tensor[] {
  if (!Array.isArray(tensors)) throw new OptionTypeError(`${op}: expected an array of tensors, got ${show(tensors)}`);
  for (const x of tensors) checkTensor(op, x);
  return tensors.map((x) => x.node());
}
