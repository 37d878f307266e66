import { type Chain, prepend, readsInOrder } from "./chain.ts";
import type { Lowered } from "./lower.ts";
import type { Readers } from "./readers.ts";

/** Longer chains gain nothing, because memory is touched once already, and keep an engine's optimiser busy. */
const MAX_FUNCTIONS = 64;

/**
 * The elementwise functions in as few chains as possible, by the result of each. A function joins the chain that alone reads its
 * result, if it makes as many elements in the same order; what broadcasts stays outside, because it would be computed again for
 * every repetition. Fixed and changing arrays stay apart, because the fixed ones are computed once.
 */
export function fuse(lowered: Lowered, chains: ReadonlyMap<number, Chain>, readers: Readers): Map<number, Chain> {
  const asked = new Set(lowered.outputs);
  const fused = new Map<number, Chain>();
  /** The result of the chain that each function is in. */
  const rootOf = new Map<number, number>();
  for (const { output } of lowered.definitions.toReversed()) {
    const chain = chains.get(output);
    if (!chain) continue;
    const roots = new Set(readers.get(output)?.map((reader) => rootOf.get(reader)));
    const [root] = roots;
    const joined =
      roots.size === 1 && root !== undefined && !asked.has(output) && join(lowered, chain, fused.get(root)!);
    if (joined) fused.set(root, joined);
    else fused.set(output, chain);
    rootOf.set(output, joined ? root : output);
  }
  return fused;
}

/** `first` as a part of the chain that reads its result, or `null`. */
function join({ values }: Lowered, first: Chain, chain: Chain): Chain | null {
  const [made, result] = [first, chain].map(({ links }) => links.at(-1)!.output) as [number, number];
  const { dtype, fixed } = values[result]!;
  const touched = first.links.flatMap(({ operands, output }) => [output, ...operands.map(({ value }) => value)]);
  if (values[made]!.fixed !== fixed || touched.some((value) => values[value]!.dtype !== dtype)) return null;
  if (first.links.length + chain.links.length > MAX_FUNCTIONS || !readsInOrder(chain, made)) return null;
  return prepend(first, chain);
}
