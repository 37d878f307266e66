import { countsAfter } from "./engine/counts.ts";
import { type StreamNetwork, tapesOf } from "./network.ts";
import { ruleOf } from "./rules/index.ts";

/** How far what comes out is behind what goes in. */
export interface Timing {
  /** Input samples that a result may wait for beyond its own place: max over m of min{n : F(n) > m} − (m/rate + 1). */
  readonly lookahead: number;
  /** Output samples that are missing at most, when samples are given one by one: max over n of ⌈n·rate⌉ − F(n). */
  readonly latency: number;
  /** Input samples that one result depends on, at most. */
  readonly receptiveField: number;
}

/** F(n): results after `n` samples of an open signal. */
export const readyAfter = (network: StreamNetwork, n: number): number => countsAfter(network, n, false).output;

/**
 * How many input samples it takes until F(n + period) = F(n) + count: no signal inside is held at its start any more, of which none comes later
 * than `low + high` of its samples.
 */
export const settledAfter = ({ paces }: StreamNetwork): number =>
  Math.max(0, ...paces.map(({ rate, low, high }) => Math.ceil((low + high) / rate))) + 1;

/** The longest lag, max over the multiples n ≤ `last` of `step` of n·count − F(n)·period: `count` times as many input samples, `period` times as many output samples. */
export function longestLag(network: StreamNetwork, step: number, last: number): number {
  const { period, count } = network;
  let lag = Number.NEGATIVE_INFINITY;
  for (let n = 0; n <= last; n += step) lag = Math.max(lag, n * count - readyAfter(network, n) * period);
  return lag;
}

export function timingOf(network: StreamNetwork): Timing {
  const { period, count } = network;
  const last = settledAfter(network) + period;
  const lag = longestLag(network, 1, last);
  return {
    lookahead: lag / count,
    latency: Math.max(0, Math.ceil(lag / period)),
    receptiveField: receptiveFieldOf(network, last),
  };
}

/** The widest part of the input that one of `count` neighbouring results needs. */
function receptiveFieldOf(network: StreamNetwork, from: number): number {
  const first = readyAfter(network, from);
  let widest = 0;
  for (let m = first; m < first + network.count; m++) {
    const [lo, hi] = reachOf(network, m, m + 1);
    widest = Math.max(widest, hi - lo);
  }
  return widest;
}

/** The part of the input that results `[from, to)` depend on; the input may not reach so far on either side. */
export const reachOf = (network: StreamNetwork, from: number, to: number): [number, number] =>
  reachesOf(network, from, to)[0]!;

/** As `reachOf`, of every tape. */
export function reachesOf(network: StreamNetwork, from: number, to: number): [number, number][] {
  const reached = network.tapes.map((): [number, number] => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const widen = ({ tape, before }: { tape: number; before: number }, lo: number, hi: number): void => {
    const range = reached[tape]!;
    range[0] = Math.min(range[0], lo - before);
    range[1] = Math.max(range[1], hi - before);
  };
  widen(network.output, from, to);
  for (const process of network.processes.toReversed()) {
    const outputs = tapesOf(process);
    const lo = Math.min(...outputs.map((tape) => reached[tape]![0]));
    const hi = Math.max(...outputs.map((tape) => reached[tape]![1]));
    if (lo >= hi) continue;
    if (process.rule && process.source)
      widen(process.source, ...ruleOf(process.rule).reach(process.parameters, lo, hi));
    if (process.kind === "kernel") for (const signal of process.beside) widen(signal, lo, hi);
  }
  return reached;
}
