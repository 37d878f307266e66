import { isFloat } from "../../../core/dtype.ts";
import { Parameter } from "../../../graph/parameter.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import type { Step } from "./graph.ts";
import { Known } from "./known.ts";

/** The initializers of a file, by what they are for. */
export interface Weights {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly buffers: ReadonlyMap<string, Tensor>;
  readonly constants: Map<string, Known>;
}

/**
 * Floats are parameters, unless an operator takes them as statistics (then they are buffers) or has to know them beforehand; so are
 * single numbers without an axis, which exporters make of constants in formulas.
 */
export function weightsOf(initializers: ReadonlyMap<string, Tensor>, steps: readonly Step[]): Weights {
  const known = namesAt(steps, "known");
  const statistics = namesAt(steps, "statistics");
  const used = new Set(steps.flatMap(({ node }) => node.inputs));
  const parameters = new Map<string, Parameter>();
  const buffers = new Map<string, Tensor>();
  const constants = new Map<string, Known>();
  for (const [name, tensor] of initializers) {
    if (!used.has(name)) continue;
    if (known.has(name) || tensor.rank === 0 || !isFloat(tensor.dtype)) constants.set(name, Known.of(tensor));
    else if (statistics.has(name)) buffers.set(name, tensor);
    else parameters.set(name, new Parameter(tensor));
  }
  return { parameters, buffers, constants };
}

const namesAt = (steps: readonly Step[], role: "known" | "statistics"): Set<string> =>
  new Set(steps.flatMap(({ node, operator }) => (operator[role] ?? []).map((place) => node.inputs[place] ?? "")));
