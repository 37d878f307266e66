import { getBackend } from "../graph/backend.ts";
import { type CompileOptions, compile } from "../nn/compile.ts";
import type { InputShapes } from "../nn/shapes.ts";
import type { Network } from "../nn/trace.ts";
import { describePlan, type PlanDetails } from "../plan/describe.ts";

/**
 * What `compile(net, shape)` computes, step by step: the fused kernels, their schedules, the memory they take. The arguments are those
 * of `compile`.
 */
export function explain(net: Network, shape: InputShapes, options: CompileOptions = {}): string {
  const details = compile(net, shape, options).details?.() as PlanDetails | undefined;
  if (!details) return `${getBackend().name}: operation by operation, traced anew at every call`;
  const bytes = Object.entries(details.bytes).map(([name, count]) => `${name} ${count}`);
  return `${describePlan(details.plan, details.notes)}\nbytes: ${bytes.join(", ")}`;
}
