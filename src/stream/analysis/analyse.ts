import { ShapeError, StreamError } from "../../core/errors.ts";
import type { Network } from "../../nn/trace.ts";
import { countsAfter } from "../engine/counts.ts";
import { type Aligned, align, TooShortToTell } from "./align.ts";
import { MODULO } from "./heads.ts";
import { type Partition, partition } from "./partition.ts";
import { type Trace, tracesBeside, tracesOf } from "./traces.ts";

/** What the traces of a network say. */
export interface Analysis extends Partition {
  /** The network at the shortest length it was traced at. */
  readonly trace: Trace;
  /** Its output at that length. */
  readonly output: Aligned;
  /** Whether it has constants of the signal's length: how they go on is concluded from the lengths that were traced. */
  readonly concludes: boolean;
}

/**
 * Lengths this far apart differ everywhere in a network. Between nearer ones a signal at the pace of a long hop may have one length, and look
 * like something that is only known at the end; and a constant may be one number, or count, up to the longest of them only.
 */
const FAR = 7680;

/**
 * Finds out how a network keeps time. `remainder`: what lengths of signals are known to be modulo the hop, or `null`.
 *
 * @throws StreamError where it has no one form for all lengths; what the network throws if it takes no signal at all
 */
export function analyse(op: string, net: Network, channels: number, remainder: number | null): Analysis {
  let obstacle: unknown = null;
  let blocked: Analysis | null = null;
  for (const traces of tracesOf(op, net, channels, remainder)) {
    try {
      const first = analysisOf(op, traces);
      // At a length of 1, an axis of time is not told from one that repeats.
      if (!first) continue;
      // What is deep inside may have one length at neighbouring lengths of the input.
      const beside = remainder === null ? tracesBeside(op, net, channels, traces[0]!.length, first.periods) : [];
      const found = beside.length > 0 ? analysisOf(op, [...traces, ...beside]) : first;
      if (!found) continue;
      const apart = traces[1]!.length - traces[0]!.length;
      const settled = remainder === null || areModulo(traces, remainder, found.network.period);
      if (apart < FAR && (found.kept.length > 0 || (found.concludes && settled))) blocked = found;
      else if (remainder === null) return found;
      else if (found.kept.length > 0) blocked = found;
      else if (settled) return found;
    } catch (error) {
      if (error instanceof TooShortToTell) {
        obstacle ??= error;
        continue;
      }
      // Unless the hop divides their differences, these lengths are not all of the remainder that was promised.
      if (remainder === null || !(error instanceof StreamError)) throw error;
      obstacle = error;
    }
  }
  if (blocked) return blocked;
  throw (
    obstacle ??
    new StreamError(
      remainder === null
        ? `${op}: the network takes no signal that is long enough to see how it keeps time`
        : `${op}: the network takes no signal whose length is ${remainder} modulo its hop`,
    )
  );
}

/** What these traces say; `null` if they are too short. */
function analysisOf(op: string, traces: readonly Trace[]): Analysis | null {
  const order = align(op, traces);
  if (order.some(({ depends, lengths }) => depends && lengths.some((length) => length < 2))) return null;
  const output = order.at(-1)!;
  const found = partition(op, order);
  if (found.network.output.tape >= 0)
    for (const [i, { length }] of traces.entries()) checkLength(op, found, length, output.lengths[i]!);
  return { ...found, trace: traces[0]!, output, concludes: order.some(({ varies }) => varies) };
}

/** The length of the result must follow from the rules, at every length that was traced. */
function checkLength(op: string, { network }: Partition, length: number, wanted: number): void {
  let results: number | null = null;
  try {
    results = countsAfter(network, length, true).output;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
  }
  if (results === wanted) return;
  throw new StreamError(
    `${op}: of ${length} samples the network makes ${wanted}, where ${results ?? "none"} follow from its parts: something in it depends on the length; ${MODULO}`,
  );
}

const areModulo = (traces: readonly Trace[], remainder: number, period: number): boolean =>
  traces.every(({ length }) => length % period === remainder % period);
