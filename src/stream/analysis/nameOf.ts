import type { Tensor } from "../../graph/tensor.ts";
import type { IndexMap } from "../../ops/shape/gather.ts";
import type { Aligned } from "./align.ts";

/** What a user calls a node: its operation, and the outermost function that it is a part of. */
export function nameOf(node: Aligned, order: readonly Aligned[]): string {
  const [first] = node.nodes as [Tensor];
  const own = ownName(node);
  for (const { nodes } of order.toReversed()) {
    const composed = nodes[0]!.composed;
    if (composed && composed.name !== own && isInside(first, nodes[0]!, composed.inputs))
      return `${composed.name} (${own})`;
  }
  return own;
}

/** The word for an index map is what it does. */
function ownName({ name, attributes }: Aligned): string {
  if (name === "conv1dInput") return "convTranspose1d";
  return name === "gather" ? (attributes[0] as IndexMap).meaning.kind : name;
}

/** Whether `node` lies between `inputs` and `root`. */
function isInside(node: Tensor, root: Tensor, inputs: readonly Tensor[]): boolean {
  const seen = new Set<Tensor>(inputs);
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next === node) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    stack.push(...next.inputs);
  }
  return false;
}
