import type { Tensor } from "../graph/tensor.ts";
import { chainsOf } from "./chainsOf.ts";
import { epilogues } from "./epilogues.ts";
import { fuse } from "./fuse.ts";
import { type Lowered, lower } from "./lower.ts";
import type { Plan, Step } from "./plan.ts";
import { neededOf, readersOf } from "./readers.ts";
import { stepsOf } from "./steps.ts";

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
