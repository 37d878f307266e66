import { bodyOf, type Chain, onFewestAxes } from "./chain.ts";
import type { Following } from "./epilogues.ts";
import type { Lowered } from "./lower.ts";
import type { PlannedCall, Step } from "./plan.ts";

/** The steps in order. A chain, and the convolution that it follows, stand where the chain's last function stood. */
export function stepsOf(
  { definitions }: Lowered,
  fused: ReadonlyMap<number, Chain>,
  following: ReadonlyMap<number, Following>,
): Step[] {
  const moved = new Set(Array.from(following.values(), ({ definition }) => definition));
  const steps: Step[] = [];
  for (const definition of definitions) {
    const { call, inputs, output } = definition;
    const follow = following.get(output);
    const chain = fused.get(output);
    if (follow) {
      const { inputs: read, attributes } = bodyOf(follow.chain, follow.definition.output);
      steps.push({
        call: follow.definition.call as PlannedCall,
        inputs: [...follow.definition.inputs, ...read.slice(1)],
        output,
        epilogue: attributes,
      });
    } else if (chain) {
      const { inputs: read, attributes } = bodyOf(onFewestAxes(chain));
      steps.push({ call: { kernel: "map", attributes }, inputs: read, output, epilogue: null });
    } else if (call.kernel !== "elementwise" && !moved.has(definition))
      steps.push({ call, inputs, output, epilogue: null });
  }
  return steps;
}
