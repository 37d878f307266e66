import type { Tensor } from "../graph/tensor.ts";
import { bodyOf, type Chain, onFewestAxes } from "./chain.ts";
import { chainsOf } from "./chainsOf.ts";
import { epilogues } from "./epilogues.ts";
import { fuse } from "./fuse.ts";
import { type Definition, type Lowered, lower } from "./lower.ts";
import type { Plan, PlannedCall, Step } from "./plan.ts";

/**
 * The plan of a graph: `order` and `outputs` are what `Backend.run` gets, `isFixed` says which leaves keep their place (and
 * usually their numbers) from run to run.
 */
export function makePlan(
  order: readonly Tensor[],
  outputs: readonly Tensor[],
  isFixed: (leaf: Tensor) => boolean,
): Plan {
  const lowered = lower(order, outputs, isFixed);
  const chains = chainsOf(lowered.definitions);
  const needed = neededOf(lowered, chains);
  const readers = readersOf(needed, chains);
  const fused = fuse(needed, chains, readers);
  return numbered(needed, stepsOf(needed, fused, epilogues(needed, fused, readers)));
}

/** What a definition reads; of a chain, which is still a single function, what that one does. */
const inputsOf = ({ inputs, output }: Definition, chains: ReadonlyMap<number, Chain>): readonly number[] => {
  const chain = chains.get(output);
  return chain ? chain.links.flatMap((link) => link.operands.map(({ value }) => value)) : inputs;
};

/** What no output depends on is left out. */
function neededOf(lowered: Lowered, chains: ReadonlyMap<number, Chain>): Lowered {
  const needed = new Set(lowered.outputs);
  const definitions: Definition[] = [];
  for (const definition of lowered.definitions.toReversed()) {
    if (!needed.has(definition.output)) continue;
    definitions.push(definition);
    for (const input of inputsOf(definition, chains)) needed.add(input);
  }
  return { ...lowered, definitions: definitions.reverse() };
}

function readersOf({ definitions }: Lowered, chains: ReadonlyMap<number, Chain>): Map<number, number[]> {
  const readers = new Map<number, number[]>();
  for (const definition of definitions)
    for (const input of inputsOf(definition, chains)) {
      const known = readers.get(input);
      if (known) known.push(definition.output);
      else readers.set(input, [definition.output]);
    }
  return readers;
}

/** The steps in order. A chain, and the convolution that it follows, stand where the chain's last function stood. */
function stepsOf(
  { definitions }: Lowered,
  fused: ReadonlyMap<number, Chain>,
  following: ReturnType<typeof epilogues>,
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

/** The same steps over the arrays that are left: the leaves first, then what the steps make. */
function numbered({ values, leaves, outputs }: Lowered, steps: readonly Step[]): Plan {
  const kept = [...leaves.map(({ value }) => value), ...steps.map(({ output }) => output)];
  const numbers = new Map(kept.map((value, number) => [value, number]));
  const of = (value: number): number => numbers.get(value)!;
  return {
    values: kept.map((value) => values[value]!),
    leaves: leaves.map(({ value, fixed }) => ({ value: of(value), fixed })),
    steps: steps.map((step) => ({ ...step, inputs: step.inputs.map(of), output: of(step.output) })),
    outputs: outputs.map(of),
  };
}
