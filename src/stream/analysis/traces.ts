import { AtrousError, ShapeError } from "../../core/errors.ts";
import { Tensor } from "../../graph/tensor.ts";
import { type Network, trace } from "../../nn/trace.ts";
import { Obstacle } from "./obstacle.ts";

/** A network as the graph that it is for one length of signal. */
export interface Trace {
  readonly length: number;
  readonly input: Tensor;
  readonly output: Tensor;
}

/**
 * Lengths to begin with, the shortest that the network takes being enough: multiples of what strides usually are, 10800 of 3³ and 5², 88200 of
 * 7². Short, because index maps have the length of what they index, at the highest rate in the network: a vocoder takes 0.3 s for 10800 and 25 s for
 * the last.
 */
const STARTS = [60, 960, 7680, 10800, 61440, 88200, 430080];
const MOST = STARTS.at(-1)!;

/** From which starts on, and how far, lengths are tried one by one for a network that takes none of the starts. */
const [NEAR_STARTS, NEAR] = [STARTS.slice(0, 3), 64];

/** A network that takes some signals, but no three of them that could be compared. */
export class SomeLengthsOnly extends Obstacle {
  readonly traces: readonly Trace[];
  constructor(traces: readonly Trace[], failure: Error) {
    const lengths = traces.map(({ length }) => length).join(", ");
    super(
      `the network takes signals of ${lengths} samples and not of those between (${failure.message}); the option lengthModulo says what the length will be, modulo the hop`,
    );
    this.traces = traces;
  }
}

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
 * @throws what the network throws at the last of the lengths, if it takes none of them; SomeLengthsOnly if it takes others
 */
export function* tracesOf(op: string, net: Network, channels: number, remainder: number | null): Generator<Trace[]> {
  let failure: unknown = null;
  let found = false;
  for (const start of STARTS) {
    const taken = tracesFrom(op, net, channels, start, remainder ?? 0, (error) => {
      failure = error;
    });
    if (!taken) continue;
    const neighbours =
      remainder === null ? NEIGHBOURS.map((more) => attempt(() => traceAt(op, net, channels, start + more))) : [];
    found = true;
    yield [...taken, ...neighbours.filter((each) => each !== null)];
  }
  if (found) return;
  if (failure instanceof Error)
    for (const start of remainder === null ? NEAR_STARTS : []) {
      const taken = Array.from({ length: NEAR }, (_, more) => attempt(() => traceAt(op, net, channels, start + more)));
      const some = taken.filter((each) => each !== null);
      if (some.length > 1) throw new SomeLengthsOnly(some, failure);
    }
  if (!(failure instanceof ShapeError)) throw failure;
  throw new ShapeError(
    `${op}: the network takes no signal of shape [1, ${channels}, L] at any of the lengths tried, ${STARTS[0]} to ${3 * MOST}: ${failure.message}`,
  );
}

/** The network at `start` samples, twice and three times as many, all of them `remainder` more; `null` if it does not take them, or they are many. */
export function tracesFrom(
  op: string,
  net: Network,
  channels: number,
  start: number,
  remainder: number,
  failed?: (error: unknown) => void,
): Trace[] | null {
  if (start > MOST) return null;
  const taken = [start, 2 * start, 3 * start].map((length) =>
    attempt(() => traceAt(op, net, channels, length + remainder), failed),
  );
  return taken.every((each) => each !== null) ? taken : null;
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
