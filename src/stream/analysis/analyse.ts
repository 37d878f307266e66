import { ShapeError, StreamError } from "../../core/errors.ts";
import { lcm } from "../../core/gcd.ts";
import type { Network } from "../../nn/trace.ts";
import { countsAfter } from "../engine/counts.ts";
import { type Aligned, align, TooShortToTell, unaligned } from "./align.ts";
import { declaredLimit } from "./declared.ts";
import { MODULO } from "./heads.ts";
import { type Partition, partition } from "./partition.ts";
import { SomeLengthsOnly, type Trace, traceAt, tracesBeside, tracesFrom, tracesOf } from "./traces.ts";

/** What the traces of a network say. */
export interface Analysis extends Partition {
  readonly traces: readonly Trace[];
  /** Its output at their lengths. */
  readonly output: Aligned;
}

/** An analysis, and how far it can be relied on. */
interface Finding extends Analysis {
  /** In what its output is not as long as follows from its parts; `null` if it is. */
  readonly misfit: string | null;
  /** Whether it has constants of the signal's length: how they go on is concluded from the lengths that were traced. */
  readonly concludes: boolean;
  /** Whether a part of it is another one at another length. */
  readonly mismatched: boolean;
  /** Whether that would be so at all other lengths. */
  readonly settled: boolean;
}

/**
 * Lengths this far apart differ everywhere in a network. Between nearer ones a signal at the pace of a long hop may have one length, and look
 * like something that is only known at the end; and a constant may be one number, or count, up to the longest of them only.
 */
const FAR = 7680;

/**
 * Finds out how a network keeps time. `remainder`: what lengths of signals are known to be modulo the hop, or `null`. Where it has no one form
 * for all lengths, the signal itself is what is kept.
 *
 * @throws what the network throws if it takes no signal at all
 */
export function analyse(op: string, net: Network, channels: number, remainder: number | null): Analysis {
  const limit = declaredLimit(net);
  if (limit?.length === null) throw new StreamError(`${op}: ${limit.reason}`);
  if (limit) return keepingAll([traceAt(op, net, channels, limit.length)], limit.reason);
  try {
    return compare(op, net, channels, remainder);
  } catch (error) {
    if (error instanceof SomeLengthsOnly) return keepingAll(error.traces, error.message);
    throw error;
  }
}

/** Compares what is traced at ever longer lengths, until it says enough. */
function compare(op: string, net: Network, channels: number, remainder: number | null): Analysis {
  let obstacle: string | null = null;
  let blocked: Finding | null = null;
  let some: readonly Trace[] = [];
  for (const traces of tracesOf(op, net, channels, remainder)) {
    some = traces;
    try {
      const found = findingOf(op, net, channels, remainder, traces);
      // At a length of 1, an axis of time is not told from one that repeats.
      if (!found) continue;
      if (found.settled || (found.mismatched && remainder === null)) return found;
      const isNear = spacing(found.traces) < FAR;
      const isModulo = remainder === null || areModulo(found.traces, remainder, found.network.period);
      if (found.misfit !== null) {
        obstacle ??= found.misfit;
        blocked = null;
        if (remainder === null) break;
      } else if (found.kept.length > 0) {
        blocked = found;
        if (remainder === null && !isNear) break;
      } else if (isModulo) {
        blocked = found;
        if (!found.concludes || !isNear) break;
      }
    } catch (error) {
      if (!(error instanceof TooShortToTell)) throw error;
      obstacle ??= error.message;
    }
  }
  return blocked ?? keepingAll(some, obstacle ?? noneOf(remainder));
}

const noneOf = (remainder: number | null): string =>
  remainder === null
    ? "the network takes no signal that is long enough to see how it keeps time"
    : `the network takes no signal whose length is ${remainder} modulo its hop`;

/** What these traces say, and some beside them; `null` if they are too short. */
function findingOf(
  op: string,
  net: Network,
  channels: number,
  remainder: number | null,
  traces: readonly Trace[],
): Finding | null {
  let found = readingOf(op, traces);
  if (!found) return null;
  if (remainder === null) {
    // What is deep inside may have one length at neighbouring lengths of the input.
    const beside = tracesBeside(op, net, channels, traces[0]!.length, found.periods);
    return beside.length > 0 ? readingOf(op, [...traces, ...beside]) : found;
  }
  for (;;) {
    // Unless the hop divides their differences, these lengths are not all of the remainder that was promised.
    const hop = found.periods.reduce(lcm, 1);
    if (spacing(found.traces) % hop === 0) return found;
    const others = tracesFrom(op, net, channels, Math.ceil(spacing(found.traces) / hop) * hop, remainder);
    const other = others && readingOf(op, others);
    if (!other) return found;
    found = other;
  }
}

const spacing = ([first, second]: readonly Trace[]): number => second!.length - first!.length;

/** What exactly these traces say; `null` if they are too short. */
function readingOf(op: string, traces: readonly Trace[]): Finding | null {
  const order = align(traces);
  if (order.some(({ depends, lengths }) => depends && lengths.some((length) => length < 2))) return null;
  const output = order.at(-1)!;
  if (!output.depends) throw new StreamError(`${op}: the output does not depend on the input`);
  const found = partition(order);
  return {
    ...found,
    traces,
    output,
    misfit: found.network.output.tape < 0 ? null : misfitOf(found, traces, output),
    concludes: order.some(({ varies }) => varies),
    mismatched: order.some(({ mismatch }) => mismatch !== null),
    settled: order.some(({ mismatch }) => mismatch?.settled),
  };
}

/** The length of the result must follow from the rules, at every length that was traced. */
function misfitOf({ network }: Partition, traces: readonly Trace[], { lengths }: Aligned): string | null {
  for (const [i, { length }] of traces.entries()) {
    let results: number | null = null;
    try {
      results = countsAfter(network, length, true).output;
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
    }
    if (results !== lengths[i])
      return `of ${length} samples the network makes ${lengths[i]}, where ${results ?? "none"} follow from its parts: something in it depends on the length; ${MODULO}`;
  }
  return null;
}

const areModulo = (traces: readonly Trace[], remainder: number, period: number): boolean =>
  traces.every(({ length }) => length % period === remainder % period);

/** The network as something that is made of the whole signal. */
function keepingAll(traces: readonly Trace[], reason: string): Analysis {
  const order = unaligned(traces, reason);
  return { ...partition(order), traces, output: order.at(-1)! };
}
