import { AtrousError, FormatError, GraphError, ShapeError } from "../../../core/errors.ts";
import { Tensor } from "../../../graph/tensor.ts";
import { type Budget, Call, nodeName } from "./call.ts";
import type { Step } from "./graph.ts";
import { Known, type Value } from "./known.ts";

/** Numbers that all of a network's shapes and constants may come to, beside those that are in the file: 256 MiB of memory. */
export const MOST_NUMBERS = 2 ** 25;

/** Computes one node: its results are put beside `values`, and returned. */
export function run(
  { node, operator }: Step,
  opset: number,
  values: Map<string, Value>,
  budget: Budget,
): readonly Value[] {
  const inputs = node.inputs.map((name) => (name === "" ? null : values.get(name)!));
  const call = new Call(node, opset, inputs, budget);
  const results = computed(call, operator);
  if (node.outputs.some((name, i) => name !== "" && !results[i]))
    call.fail(`it should make ${node.outputs.length} outputs, of which ${results.length} are made here`);
  for (const [i, name] of node.outputs.entries()) if (name !== "") values.set(name, results[i]!);
  return results;
}

function computed(call: Call, { fold, build }: Step["operator"]): readonly Value[] {
  const known = call.inputs.every((input) => !(input instanceof Tensor));
  const compute = known ? (fold ?? build) : (build ?? fold);
  try {
    const results: Value | readonly Value[] = compute!(call);
    return Array.isArray(results) ? results : [results as Tensor | Known];
  } catch (error) {
    if (!(error instanceof AtrousError) || error instanceof FormatError) throw error;
    // Only shapes can come from who calls; the rest was in the file.
    const message = `${nodeName(call.node)}: ${error.message}`;
    if (error instanceof ShapeError) throw new ShapeError(message);
    if (error instanceof GraphError) throw new GraphError(message);
    throw new FormatError(`importOnnx: ${message}`);
  }
}

/**
 * Computes what depends on constants alone, once and for all, so that every trace of the network has the same leaves. The results are put to
 * the `constants`; what is left is returned.
 */
export function foldConstants(steps: readonly Step[], opset: number, constants: Map<string, Known>): Step[] {
  let numbers = 0;
  const budget = { entries: Number.POSITIVE_INFINITY };
  return steps.filter((step) => {
    const { inputs, opType } = step.node;
    if (!step.operator.fold || !inputs.every((name) => name === "" || constants.has(name))) return true;
    const values = new Map<string, Value>(inputs.map((name) => [name, constants.get(name)!]));
    for (const result of alone(() => run(step, opset, values, budget)))
      if (opType !== "Constant") numbers += result.size;
    if (numbers > MOST_NUMBERS)
      throw new FormatError(
        `importOnnx: ${nodeName(step.node)}: shapes and constants come to more than ${MOST_NUMBERS} numbers`,
      );
    for (const name of step.node.outputs) {
      const value = values.get(name);
      if (value instanceof Known) constants.set(name, value);
    }
    return false;
  });
}

/** Shapes that do not fit are the file's fault where nobody else has a part in them. */
function alone<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof ShapeError) throw new FormatError(`importOnnx: ${error.message}`);
    throw error;
  }
}
