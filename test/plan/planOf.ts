import type { Tensor } from "atrous";
import { topologicalOrder } from "../../src/graph/evaluate.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import type { Plan, Step } from "../../src/plan/plan.ts";
import type { Graph } from "./randomGraph.ts";

/** What a backend would get to compute `tensors`. */
export function graphOf(...tensors: Tensor[]): Graph {
  const outputs = tensors.map((x) => x.node());
  return { order: topologicalOrder(outputs, (node) => node.value === null), outputs };
}

/** The values of parameters. */
export const ofParameters = (leaf: Tensor): boolean => leaf.owner !== leaf;

/** The plan to compute `tensors`, in which parameters are fixed. */
export function planOf(...tensors: Tensor[]): Plan {
  const { order, outputs } = graphOf(...tensors);
  return makePlan(order, outputs, ofParameters);
}

/** A step in a line: `conv1d: add relu` is a convolution followed by two functions, `map: neg` one function alone. */
export function wordsOf({ call, epilogue }: Step): string {
  const body = call.kernel === "map" ? call.attributes.body : epilogue?.body;
  return [call.kernel, ...(body ? [body.map(({ fn }) => fn).join(" ")] : [])].join(": ");
}

export const stepsOf = (...tensors: Tensor[]): string[] => planOf(...tensors).steps.map(wordsOf);
