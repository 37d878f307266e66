import {
  type KernelProcess,
  type MoveProcess,
  type Reading,
  type SignalReference,
  type StreamNetwork,
  tapesOf,
} from "../network.ts";
import { kernelRule, moveRule, ruleOf } from "../rules/index.ts";

/** How long the rows of a tape are, and what they have to hold. */
export interface TapeLayout {
  readonly rows: number;
  readonly capacity: number;
  /** Samples before the signal. */
  readonly left: number;
  /** Samples after its end. */
  readonly tail: number;
  /** Samples that come at once, at most. */
  readonly most: number;
}

/** Results per unit of a process, and the first result of unit 0. */
export const unitsOf = ({ rule, parameters }: KernelProcess): { readonly size: number; readonly first: number } =>
  rule ? kernelRule(rule).unit(parameters) : { size: 1, first: 0 };

/** The first sample on its tape that a reading needs, for results from `result` on. */
export function firstRead({ step, offset, signal }: Reading, size: number, first: number, result: number): number {
  return floorDivide(result - first, size) * step + offset - signal.before;
}

/** `⌊a / b⌋` for integers, without a fraction on the way: engines keep those apart on the heap. */
export const floorDivide = (a: number, b: number): number => (a - (((a % b) + b) % b)) / b;

/** As `firstRead`, of a process that moves samples. */
export const firstMoved = ({ rule, parameters, source }: MoveProcess, result: number): number =>
  moveRule(rule).needed(parameters, result) - source!.before;

/** Input samples that are taken at once: as many as put 64 kB on the widest tape, and at least one. */
export function blockOf(network: StreamNetwork): number {
  const widest = network.paces.reduce((most, { rate }, i) => {
    const rows = i < network.processes.length ? tapesOf(network.processes[i]!).map((tape) => network.tapes[tape]!) : [];
    return Math.max(most, rate * Math.max(0, ...rows));
  }, network.channels);
  return 2 ** Math.max(0, Math.min(13, Math.floor(Math.log2(16384 / widest))));
}

/** What an engine has to have room for. */
export interface Room {
  /** Input samples that come at once, at most. */
  readonly block: number;
  /** Periods that every tape remembers beyond what readers need. */
  readonly remembered?: number;
  /** Samples by which the output is taken later than it could be. */
  readonly delay?: number;
}

/**
 * Room for what every reader may still need. A reader has made n·rate − low results at least, a writer n·rate + high at most, so what lies between is bounded.
 */
export function layOut(network: StreamNetwork, { block, remembered, delay }: Required<Room>): TapeLayout[] {
  const needs = network.tapes.map(() => ({ history: 0, left: 0, tail: 0 }));
  const paceOf = network.tapes.map(() => ({ rate: 1, low: 0, high: 0, size: 1 }));
  network.processes.forEach((process, i) => {
    const size = process.kind === "kernel" ? unitsOf(process).size : 1;
    for (const tape of tapesOf(process)) paceOf[tape] = { ...network.paces[i]!, size };
  });
  const note = ({ tape, before, after }: SignalReference, history: number, left: number, tail: number): void => {
    const need = needs[tape]!;
    need.history = Math.max(need.history, Math.ceil(history + paceOf[tape]!.high + before) + 2);
    need.left = Math.max(need.left, left, before);
    need.tail = Math.max(need.tail, Math.ceil(tail) + after + 2);
  };
  if (network.output.tape >= 0) note(network.output, delay, 0, 0);
  network.processes.forEach((process, i) => {
    const { low, rate } = network.paces[i]!;
    if (process.kind === "move") {
      const { source } = process;
      const perSample = rate / paceOf[source!.tape]!.rate;
      note(source!, low / perSample + moveBack(process, perSample), Math.max(0, -firstMoved(process, 0)), 0);
      return;
    }
    const { size, first } = unitsOf(process);
    for (const reading of process.readings) {
      const { step, offset, extra, signal } = reading;
      const behind = (step / size) * (low + first) + step - offset;
      const left = Math.max(0, -firstRead(reading, size, first, 0), -firstRead(reading, size, first, 0) + step);
      note(
        signal,
        behind,
        left,
        step * process.atLeast + Math.max(0, extra) + Math.max(0, -offset) + lastNeeded(process),
      );
    }
  });
  return needs.map(({ history, left, tail }, i) => {
    const { rate, low, high, size } = paceOf[i]!;
    const most = Math.ceil(rate * block + low + high) + 2 * size + 2;
    const past =
      Math.max(history, left) + Math.ceil(remembered * rate * network.period) + left * Math.min(remembered, 1);
    return { rows: network.tapes[i]!, capacity: past + most + tail + Math.max(past, 2 * most), left, tail, most };
  });
}

/** How far back a move reaches: the most that `result / perSample` exceeds the first sample it needs. */
function moveBack(process: MoveProcess, perSample: number): number {
  let back = 0;
  for (let result = 4096; result < 4096 + 512; result++)
    back = Math.max(back, result / perSample - firstMoved(process, result));
  return back;
}

/** Samples after the end that the last results of a rule need. */
function lastNeeded({ rule, parameters }: KernelProcess): number {
  if (!rule) return 0;
  const { length, reach } = ruleOf(rule);
  let most = 0;
  for (let n = 4096; n < 4096 + 64; n++) {
    const results = resultsAt(length, parameters, n);
    if (results > 0) most = Math.max(most, reach(parameters, results - 1, results)[1] - n);
  }
  return most;
}

function resultsAt(length: (parameters: unknown, n: number) => number, parameters: unknown, n: number): number {
  try {
    return length(parameters, n);
  } catch {
    return 0; // a length that cannot be grouped
  }
}
