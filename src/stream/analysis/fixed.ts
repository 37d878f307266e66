import { evaluateSync } from "../../graph/evaluate.ts";
import { makeLeaf, type Tensor } from "../../graph/tensor.ts";
import { detach } from "../../ops/detach.ts";
import type { Aligned } from "./align.ts";

/** The constants of a network, each once, computed when they are added. */
export class Fixed {
  readonly leaves: Tensor[] = [];

  /** The number of what a node is at every length. */
  add({ nodes: [node] }: Aligned): number {
    const leaf = frozen(node!);
    const known = this.leaves.indexOf(leaf);
    return known >= 0 ? known : this.leaves.push(leaf) - 1;
  }

  /** The number of the one value that all elements have of a constant as long as the signal; `null` if they have several. */
  addUniform({ nodes }: Aligned): number | null {
    const { value, dtype } = nodes[0]!;
    const [first] = value!;
    if (!nodes.every((node) => node.value?.every((element) => Object.is(element, first)))) return null;
    return this.leaves.push(makeLeaf(value!.slice(0, 1), [], dtype)) - 1;
  }
}

/** Streams have the weights of the moment they are made; those of one value share one leaf, and so one place in memory. */
const leaves = new WeakMap<Tensor, Tensor>();

function frozen(node: Tensor): Tensor {
  let leaf = leaves.get(node);
  if (!leaf) {
    // Computed beside the node, which is laid upon that of other traces and must stay as it is.
    const computed = detach(node);
    evaluateSync([computed]);
    leaf = makeLeaf(computed.value!, node.shape, node.dtype);
    leaves.set(node, leaf);
  }
  return leaf;
}
