import type { Tensor } from "../../../graph/tensor.ts";

/** Nodes on the way back that are looked at: `exportOnnx` writes 14 for padding of transposed convolutions. */
const MOST = 20;

/**
 * The nearest tensor that all `parts` are made of, by nothing but nodes that `passes` lets through, and what lies between, inputs first;
 * `null` where there is none.
 */
export function commonSource(
  parts: readonly Tensor[],
  passes: (node: Tensor) => boolean,
): { source: Tensor; between: readonly Tensor[] } | null {
  const open = new Set(parts);
  const between: Tensor[] = [];
  while (open.size > 1) {
    // The latest one is an input of no other.
    const latest = Array.from(open).reduce((a, b) => (b.serial > a.serial ? b : a));
    if (between.length === MOST || !passes(latest)) return null;
    open.delete(latest);
    between.push(latest);
    for (const input of latest.inputs) open.add(input);
  }
  const [source] = open;
  return { source: source!, between: between.toReversed() };
}
