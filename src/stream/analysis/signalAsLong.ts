import type { Aligned } from "./align.ts";

/**
 * Of the signals inside a network, the one made shortly before `node` that has its length at every length of the input; of a constant, which
 * may be older than the signal that it goes with, any that has.
 */
export function signalAsLong<S>(node: Aligned, except: Aligned, signals: Iterable<readonly [Aligned, S]>): S | null {
  // Where a slice cuts nothing off, it is no node of its own.
  const trace = Math.max(
    0,
    node.nodes.findIndex((each, i) => each !== node.inputs[0]?.nodes[i]),
  );
  const ageOf = ({ nodes }: Aligned): number => nodes[trace]!.serial;
  let found: S | null = null;
  let youngest = Number.NEGATIVE_INFINITY;
  let later: S | null = null;
  for (const [candidate, signal] of signals) {
    const age = ageOf(candidate);
    if (candidate === except || candidate.lengths.some((length, i) => length !== node.lengths[i])) continue;
    if (age >= ageOf(node)) later ??= signal;
    else if (age > youngest) [found, youngest] = [signal, age];
  }
  return found ?? (node.depends ? null : later);
}
