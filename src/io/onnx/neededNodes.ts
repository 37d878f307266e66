import type { OnnxNode } from "./proto/index.ts";

/** Of nodes in an order in which they can be computed, those that the values of `outputs` need. */
export function neededNodes(nodes: readonly OnnxNode[], outputs: Iterable<string>): OnnxNode[] {
  const wanted = new Set(outputs);
  const needed = nodes.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((name) => wanted.has(name));
    if (isNeeded) for (const name of node.inputs) wanted.add(name);
    return isNeeded;
  });
  return needed.reverse();
}
