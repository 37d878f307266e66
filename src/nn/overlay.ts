import type { Tensor } from "../graph/tensor.ts";
import type { IndexMap } from "../ops/shape/gather.ts";

/** A node as something done to inputs, for several lengths of signal: what stands at the same place of a list belongs to the same one. */
export interface Overlaid {
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly (readonly Tensor[])[];
}

/**
 * The slices that one network has at one place, for several lengths: a slice of the whole is no node, so it is missing at lengths where
 * there is nothing to cut off. `null` where none is missing, or there is no slice.
 */
export function overlaidSlices(nodes: readonly Tensor[]): Overlaid | null {
  if (!nodes.some(isSlice) || nodes.every((node) => slicesFrom(node) === slicesFrom(nodes[0]!))) return null;
  const present = presentSlices(nodes);
  const like = nodes[present.indexOf(true)]!;
  return {
    name: "gather",
    attributes: nodes.map((node, i) => (present[i] ? node.attributes : wholeSlice(like, node))),
    inputs: [nodes.map((node, i) => (present[i] ? node.inputs[0]! : node))],
  };
}

const isSlice = (node: Tensor): boolean =>
  node.op?.name === "gather" && (node.attributes as IndexMap).meaning.kind === "slice";

/** How many slices lie upon each other. */
function slicesFrom(node: Tensor): number {
  let [count, inner] = [0, node];
  for (; isSlice(inner); inner = inner.inputs[0]!) count++;
  return count;
}

/**
 * In which traces the outermost slice is a node: one of the whole is none, so it is missing at lengths where there is nothing to cut off. Where
 * fewer slices lie upon each other, that is the outermost one, unless what is there is cut like that and not like the next.
 */
function presentSlices(nodes: readonly Tensor[]): boolean[] {
  const most = Math.max(...nodes.map(slicesFrom));
  const full = nodes.find((node) => slicesFrom(node) === most)!;
  const [outer, inner] = [cutOf(full), cutOf(full.inputs[0]!)];
  return nodes.map((node) => slicesFrom(node) === most || (isSlice(node) && cutOf(node) === outer && outer !== inner));
}

/** What of a slice does not depend on the length. */
function cutOf(node: Tensor): string {
  if (!isSlice(node)) return "";
  const { index, meaning } = node.attributes as IndexMap;
  return `${index[0]} ${(meaning as { step: number }).step}`;
}

/** What `slice` would say of all of `node`, cut as `like` is. */
function wholeSlice(like: Tensor, node: Tensor): IndexMap {
  const { axis, meaning } = like.attributes as IndexMap;
  const length = node.shape[axis]!;
  return { axis, length, index: Int32Array.from({ length }, (_, i) => i), meaning };
}
