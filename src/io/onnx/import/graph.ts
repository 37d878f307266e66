import { FormatError } from "../../../core/errors.ts";
import { show } from "../../../core/options.ts";
import { neededNodes } from "../neededNodes.ts";
import type { OnnxGraph, OnnxNode } from "../proto/index.ts";
import { nodeName } from "./call.ts";
import type { Operator } from "./operator.ts";
import { operators } from "./operators/index.ts";
import { withoutSequences } from "./sequences.ts";

/** A node that is going to run. */
export interface Step {
  readonly node: OnnxNode;
  readonly operator: Operator;
}

const ONNX_DOMAINS = ["", "ai.onnx"];

/**
 * The nodes that `outputs` need, in the order of the file, which must be one in which they can be computed.
 *
 * @throws FormatError for operators that are not read here, by their names and those of their nodes
 */
export function stepsOf(graph: OnnxGraph, outputs: readonly string[]): Step[] {
  const made = new Set(["", ...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  for (const node of graph.nodes) {
    const missing = node.inputs.find((name) => !made.has(name));
    if (missing !== undefined)
      throw new FormatError(`importOnnx: ${nodeName(node)} reads ${show(missing)}, which nothing before it makes`);
    for (const name of node.outputs) {
      if (name !== "" && made.has(name))
        throw new FormatError(`importOnnx: ${nodeName(node)} makes ${show(name)}, which is there already`);
      made.add(name);
    }
  }
  for (const name of outputs)
    if (!made.has(name) || name === "") throw new FormatError(`importOnnx: nothing makes the output ${show(name)}`);
  const nodes = neededNodes(withoutSequences(graph.nodes), outputs);
  refuseUnknown(nodes);
  return nodes.map((node) => ({ node, operator: operators[node.opType]! }));
}

function refuseUnknown(nodes: readonly OnnxNode[]): void {
  const unknown = nodes.filter(
    ({ opType, domain }) => !ONNX_DOMAINS.includes(domain) || !Object.hasOwn(operators, opType),
  );
  if (unknown.length === 0) return;
  const byName = new Map<string, OnnxNode[]>();
  for (const node of unknown) {
    const name = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    byName.set(name, [...(byName.get(name) ?? []), node]);
  }
  const listed = Array.from(byName, ([name, [node, ...more]]) => {
    const place = show(node!.name || node!.outputs[0]);
    return `${name} (node ${place}${more.length > 0 ? ` and ${more.length} more` : ""})`;
  });
  throw new FormatError(`importOnnx: there is no reader for ${listed.join(", ")}`);
}
