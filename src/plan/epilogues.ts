import { type Chain, onAxes, onFewestAxes, readsInOrder } from "./chain.ts";
import type { Definition, Lowered } from "./lower.ts";
import type { Readers } from "./readers.ts";

/** A chain that a convolution computes with each of its results before storing it, on the axes of those results. */
export interface Following {
  readonly definition: Definition;
  readonly chain: Chain;
}

/**
 * For each chain that can be the epilogue of a convolution, by the chain's result: that convolution. Of several that it reads, the
 * last one takes it; then the results of the others are there already.
 */
export function epilogues(
  { values, definitions, outputs }: Lowered,
  chains: ReadonlyMap<number, Chain>,
  readers: Readers,
): Map<number, Following> {
  const asked = new Set(outputs);
  const rootOf = new Map<number, number>();
  for (const [root, chain] of chains) for (const link of chain.links) rootOf.set(link.output, root);
  const found = new Map<number, Following>();
  for (const definition of definitions.toReversed()) {
    const { output } = definition;
    const shape = resultShape(definition.call);
    const roots = new Set(readers.get(output)?.map((reader) => rootOf.get(reader)));
    const [root] = roots;
    if (!shape || roots.size !== 1 || root === undefined || asked.has(output) || found.has(root)) continue;
    const [from, to] = [values[output]!, values[root]!];
    const chain = onFewestAxes(chains.get(root)!);
    if (from.dtype !== to.dtype || from.size !== to.size || from.fixed !== to.fixed) continue;
    const following = readsInOrder(chain, output) && onAxes(chain, shape);
    if (following) found.set(root, { definition, chain: following });
  }
  return found;
}

/** The axes of what a convolution makes; `null` for other kernels. */
function resultShape({ kernel, attributes }: Definition["call"]): readonly number[] | null {
  switch (kernel) {
    case "conv1d":
      return [attributes.batch, attributes.outChannels, attributes.gLength];
    case "conv1dInput":
      return [attributes.batch, attributes.inChannels, attributes.xLength];
    case "conv1dWeight":
      return [attributes.outChannels, attributes.inChannels / attributes.groups, attributes.kernelSize];
    default:
      return null;
  }
}
