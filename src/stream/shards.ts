import { ShapeError, StreamError } from "../core/errors.ts";
import { checkCount } from "../core/options.ts";
import { countsAfter } from "./engine/counts.ts";
import { prepare, type Streamable, type StreamOptions } from "./prepare.ts";
import { reachOf } from "./timing.ts";

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
 * or at once: each gets as much of the signal on both sides as its results depend on, and starts at a multiple of the hop.
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
  const { period, count: perPeriod } = network;
  if (remainder !== null && length % period !== remainder % period)
    throw new ShapeError(
      `shards: length ${length} is not ${remainder % period} modulo ${period}, as lengthModulo says`,
    );
  const total = countsAfter(network, length, true).output;
  const parts = Math.max(1, Math.min(count, total));
  return Array.from({ length: parts }, (_, i) => {
    const [outStart, outEnd] = [Math.floor((i * total) / parts), Math.floor(((i + 1) * total) / parts)];
    const [low, high] = outEnd > outStart ? reachOf(network, outStart, outEnd) : [0, length];
    if (low === Number.NEGATIVE_INFINITY)
      throw new StreamError(
        "shards: a recurrence (lstm or cumsum) depends on all that came before; its parts cannot be computed apart",
      );
    const inStart = Math.min(Math.max(0, Math.floor(low / period)), Math.floor((length - 1) / period)) * period;
    // The same remainder as the whole signal has, for networks that look at it.
    const inEnd = length - Math.max(0, Math.floor((length - Math.max(high, inStart + 1)) / period)) * period;
    return { inStart, inEnd, outStart, outEnd, skip: outStart - (inStart / period) * perPeriod };
  });
}
