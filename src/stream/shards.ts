import { ShapeError, StreamError } from "../core/errors.ts";
import { checkCount } from "../core/options.ts";
import { countsAfter } from "./engine/counts.ts";
import { ratesOf, type StreamNetwork } from "./network.ts";
import { prepare, type Streamable, type StreamOptions } from "./prepare.ts";
import { reachesOf } from "./timing.ts";

/** A part of a signal that can be computed by itself: plain data. Starts are included, ends are not. */
export interface Shard {
  /** The part of the input to run the network on, as a signal of its own. */
  readonly inStart: number;
  readonly inEnd: number;
  /** The part of the output that comes of it. */
  readonly outStart: number;
  readonly outEnd: number;
  /** Where that begins in the result of the part: take `outEnd − outStart` samples from there. */
  readonly skip: number;
}

/**
 * Cuts the work on a signal of `length` samples into at most `count` parts, that give the same bits computed anywhere, in any order, by streaming
 * or at once: each gets as much of the signal on both sides as its results depend on, and starts at a multiple of the hop. Parts are equal, so workers that share them
 * end together if their number divides `count`.
 *
 * ```ts
 * for (const { inStart, inEnd, outStart, outEnd, skip } of shards(net, x.length, 8)) {
 *   const y = run(x.subarray(inStart, inEnd)); // on any machine
 *   result.set(y.subarray(skip, skip + outEnd - outStart), outStart);
 * }
 * ```
 *
 * @throws StreamError for a network that needs all of the signal before a sample, such as a recurrence
 */
export function shards(
  net: Streamable,
  length: number,
  count: number,
  options: Pick<StreamOptions, "channels" | "lengthModulo"> = {},
): Shard[] {
  const { network, remainder } = prepare("shards", net, options, ["channels", "lengthModulo"]);
  checkCount("shards", "length", length, 1);
  checkCount("shards", "count", count, 1);
  if (network.output.tape < 0) throw new StreamError("shards: the network's result needs the whole signal");
  const { period } = network;
  if (network.processes.some((process) => process.kind === "kernel" && process.state))
    throw new StreamError(
      "shards: a recurrence (lstm, gru or cumsum) depends on all that came before; its parts cannot be computed apart",
    );
  if (remainder !== null && length % period !== remainder % period)
    throw new ShapeError(
      `shards: length ${length} is not ${remainder % period} modulo ${period}, as lengthModulo says`,
    );
  const total = countsAfter(network, length, true).output;
  const parts = Math.max(1, Math.min(count, total));
  return Array.from({ length: parts }, (_, i) => {
    const [outStart, outEnd] = [Math.floor((i * total) / parts), Math.floor(((i + 1) * total) / parts)];
    const { inStart, inEnd, skip } = partFor(network, length, outStart, outEnd);
    return { inStart, inEnd, outStart, outEnd, skip };
  });
}

/** The input that results `[outStart, outEnd)` need, and where they are in what comes of it. */
function partFor(
  network: StreamNetwork,
  length: number,
  outStart: number,
  outEnd: number,
): Pick<Shard, "inStart" | "inEnd" | "skip"> {
  const { period, count } = network;
  const rates = ratesOf(network);
  const whole = countsAfter(network, length, true).tapes;
  // What is needed of every tape, as far as the whole signal has it.
  const needed = reachesOf(network, outStart, outEnd).map(([low, high], tape) => [
    Math.max(0, low),
    Math.min(high, whole[tape]!),
  ]) as [number, number][];
  const starts = needed.flatMap(([low, high], tape) => (low < high ? [low / rates[tape]!] : []));
  const inStart =
    Math.max(0, Math.floor(Math.min(outStart * (period / count), length - 1, ...starts) / period)) * period;
  const skip = outStart - (inStart / period) * count;
  const isEnough = (inEnd: number): boolean => {
    try {
      const { tapes, output } = countsAfter(network, inEnd - inStart, true);
      return (
        output >= skip + outEnd - outStart &&
        needed.every(([low, high], tape) => low >= high || tapes[tape]! >= high - inStart * rates[tape]!)
      );
    } catch {
      return false; // too short for a padding that reflects
    }
  };
  // The same remainder as the whole signal has, for networks that look at it.
  let inEnd = length - Math.floor((length - Math.max(needed[0]![1], inStart + 1)) / period) * period;
  while (inEnd < length && !isEnough(inEnd)) inEnd += period;
  return { inStart, inEnd: Math.min(inEnd, length), skip };
}
