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
  const known = knownNames(steps);
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

/**
 * What operators have to know beforehand, and all that it is computed from, such as the places of samples where the exporter left them
 * half computed. Of what has a shape, that alone is known.
 */
function knownNames(steps: readonly Step[]): Set<string> {
  const known = namesAt(steps, "known");
  for (const { node } of steps.toReversed()) {
    if (OF_SHAPES.has(node.opType) || !node.outputs.some((name) => name !== "" && known.has(name))) continue;
    for (const name of node.opType === "CastLike" ? node.inputs.slice(0, 1) : node.inputs) known.add(name);
  }
  return known;
}

const OF_SHAPES = new Set(["Shape", "Size"]);

const namesAt = (steps: readonly Step[], role: "known" | "statistics"): Set<string> =>
  new Set(steps.flatMap(({ node, operator }) => (operator[role] ?? []).map((place) => node.inputs[place] ?? "")));
