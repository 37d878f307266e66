import { AtrousError } from "../../core/errors.ts";
import { Tensor } from "../../graph/tensor.ts";
import { type Network, trace } from "../../nn/trace.ts";

/** A network as the graph that it is for one length of signal. */
export interface Trace {
  readonly length: number;
  readonly input: Tensor;
  readonly output: Tensor;
}

/**
 * Lengths to begin with, the shortest that the network takes being enough: multiples of what strides usually are. Short, because
 * index maps have the length of what they index, at the highest rate in the network.
 */
const STARTS = [60, 960, 7680, 61440, 430080];

/** Further lengths that are tried, for what depends on the remainder of the length by a stride. */
const NEIGHBOURS = [1, 2, 3, 5, 7];

export const traceAt = (op: string, net: Network, channels: number, length: number): Trace => {
  const input = new Tensor({ shape: [1, channels, length], dtype: "float32" });
  return { length, input, output: trace(op, net, [input]) };
};

/**
 * The network at a few lengths: what it does with a signal of any length shows in what differs between them. Every start that it takes
 * gives one such list; the first entry of each is the shortest. With `remainder`, all lengths are that much more than a multiple of
 * every usual stride.
 *
 * @throws what the network throws at every one of the lengths
 */
export function* tracesOf(op: string, net: Network, channels: number, remainder: number | null): Generator<Trace[]> {
  let failure: unknown = null;
  let found = false;
  for (const start of STARTS) {
    const taken = [start, 2 * start, 3 * start].map((length) =>
      attempt(
        () => traceAt(op, net, channels, length + (remainder ?? 0)),
        (error) => {
          failure = error;
        },
      ),
    );
    if (taken.includes(null)) continue;
    const neighbours =
      remainder === null ? NEIGHBOURS.map((more) => attempt(() => traceAt(op, net, channels, start + more))) : [];
    found = true;
    yield [...taken, ...neighbours].filter((each) => each !== null);
  }
  if (!found) throw failure;
}

/** The network at lengths that differ from `start` by a few of each of the `periods`, as far as it takes them. */
export const tracesBeside = (
  op: string,
  net: Network,
  channels: number,
  start: number,
  periods: readonly number[],
): Trace[] => {
  const lengths = new Set(
    periods.flatMap((period) => (period > 1 ? [1, 2, 3, 5].map((count) => start + count * period) : [])),
  );
  return [...lengths].flatMap((length) => attempt(() => traceAt(op, net, channels, length)) ?? []);
};

function attempt<T>(body: () => T, failed?: (error: unknown) => void): T | null {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof AtrousError)) throw error; // the network's own mistake
    failed?.(error);
    return null;
  }
}
