import { ShapeError } from "../../core/errors.ts";
import { type Process, type SignalReference, type StreamNetwork, tapesOf } from "../network.ts";
import { ruleOf } from "../rules/index.ts";

/** How much of the signals that a process reads there is: numbers by tape, and whether these are all. */
export interface Supply {
  readonly written: (tape: number) => number;
  readonly ended: (tape: number) => boolean;
}

export function samplesOf({ tape, before, after }: SignalReference, supply: Supply): number {
  return supply.written(tape) + before + (supply.ended(tape) ? after : 0);
}

/** Whether all that a process reads has ended. */
export function isComplete(process: Process, { ended }: Supply): boolean {
  if (process.source && !ended(process.source.tape)) return false;
  if (process.gate && !ended(process.gate.tape)) return false;
  for (let i = 0; i < process.beside.length; i++) if (!ended(process.beside[i]!.tape)) return false;
  return true;
}

/** How many results a process can give: F of what it has, M once all of that has ended. */
export function resultsOf(process: Process, supply: Supply): number {
  const { rule, parameters, source, beside, gate } = process;
  let count = Number.POSITIVE_INFINITY;
  if (rule && source) {
    const samples = samplesOf(source, supply);
    count =
      supply.ended(source.tape) && !gate
        ? ruleOf(rule).length(parameters, samples)
        : ruleOf(rule).ready(parameters, samples);
  }
  if (!isComplete(process, supply)) {
    for (let i = 0; i < beside.length; i++) count = Math.min(count, samplesOf(beside[i]!, supply));
    return count;
  }
  if (gate) return samplesOf(gate, supply);
  for (let i = 0; i < beside.length; i++) {
    const other = samplesOf(beside[i]!, supply);
    if (count !== Number.POSITIVE_INFINITY && other !== count)
      throw new ShapeError(
        `stream: a signal of this length does not fit the network: where two signals meet, one has ${count} samples and the other ${other}`,
      );
    count = other;
  }
  return count;
}

/** How many samples every tape has after `n` samples of input, as if no one ever asked before; last, those of the output. */
export function countsAfter(network: StreamNetwork, n: number, ended: boolean): { tapes: number[]; output: number } {
  const tapes = new Array<number>(network.tapes.length).fill(0);
  tapes[0] = n;
  const supply: Supply = { written: (tape) => tapes[tape]!, ended: () => ended };
  for (const process of network.processes) {
    const results = resultsOf(process, supply);
    for (const tape of tapesOf(process)) tapes[tape] = results;
  }
  return { tapes, output: network.output.tape < 0 ? 0 : samplesOf(network.output, supply) };
}
