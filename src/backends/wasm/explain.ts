import { describePlan } from "../../plan/describe.ts";
import type { Code } from "./code.ts";

/** A plan in words, with the schedule of each convolution, and what it takes of memory. */
export function explain({ plan, convolutions, packs, arenaBytes, keptBytes, codeBytes }: Code): string {
  const weights = packs.reduce((sum, pack) => sum + pack.weights.bytes, 0);
  const sizes = { code: codeBytes, arena: arenaBytes, weights, kept: keptBytes };
  const memory = Object.entries(sizes).map(([name, bytes]) => `${name} ${bytes}`);
  const schedules = convolutions.map((convolution) =>
    convolution ? `\n     ${JSON.stringify(convolution.schedule)}` : "",
  );
  return `${describePlan(plan, (step) => schedules[step]!)}\nbytes: ${memory.join(", ")}`;
}
