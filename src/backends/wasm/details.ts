import type { PlanDetails } from "../../plan/describe.ts";
import type { Code } from "./code.ts";

/** A plan, the schedule of each convolution, and what it takes of memory. */
export function detailsOf({ plan, convolutions, packs, arenaBytes, keptBytes, codeBytes }: Code): PlanDetails {
  const weights = packs.reduce((sum, pack) => sum + pack.weights.bytes, 0);
  return {
    plan,
    notes: convolutions.map((convolution) => (convolution ? JSON.stringify(convolution.schedule) : "")),
    bytes: { code: codeBytes, arena: arenaBytes, weights, kept: keptBytes },
  };
}
