import { StreamError } from "../../core/errors.ts";
import type { Network } from "../../nn/trace.ts";
import { type Aligned, align } from "./align.ts";
import { type Partition, partition } from "./partition.ts";
import { type Trace, tracesOf } from "./traces.ts";

/** What the traces of a network say. */
export interface Analysis extends Partition {
  /** The network at the shortest length it was traced at. */
  readonly trace: Trace;
  /** Its output at that length. */
  readonly output: Aligned;
}

/**
 * Finds out how a network keeps time. `remainder`: what lengths of signals are known to be modulo the hop, or `null`.
 *
 * @throws StreamError where it has no one form for all lengths; what the network throws if it takes no signal at all
 */
export function analyse(op: string, net: Network, channels: number, remainder: number | null): Analysis {
  for (const traces of tracesOf(op, net, channels, remainder)) {
    const order = align(op, traces);
    // At a length of 1, an axis of time is not told from one that repeats.
    if (order.some(({ depends, lengths }) => depends && lengths.some((length) => length < 2))) continue;
    const found = partition(op, order);
    const { period } = found.network;
    if (remainder !== null && traces.some(({ length }) => length % period !== remainder % period)) continue;
    return { ...found, trace: traces[0]!, output: order.at(-1)! };
  }
  throw new StreamError(
    remainder === null
      ? `${op}: the network takes no signal that is long enough to see how it keeps time`
      : `${op}: the network takes no signal whose length is ${remainder} modulo its hop`,
  );
}
