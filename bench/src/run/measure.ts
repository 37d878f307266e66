import type { Timing } from "../results.ts";
import type { Clock } from "./clock.ts";

/** One call of what is measured; a promise is awaited. */
export type Call = () => unknown;

export interface Measurement {
  /** Per case, all engines together; but never fewer than a few rounds. */
  readonly seconds: number;
  readonly clock: Clock;
}

export interface Measured {
  readonly call: Call;
  /** What one call took when its result was compared, in ms. */
  readonly checked: number;
}

/** V8 takes up to a few hundred calls, or a few milliseconds, to replace the first code of a function by the good one. */
const warmUp = 300;
const minRounds = 5;
const maxRounds = 25;
/** What one engine does before the next one's turn, unless one call takes longer. */
const turn = 60;
/** What takes longer than this takes no turns: the time of the call that was compared has to do. */
export const patience = 10_000;

/** One timing for each, from one run in which they took turns. */
export async function measure(measured: readonly Measured[], { seconds, clock }: Measurement): Promise<Timing[]> {
  const quick = measured.filter(({ checked }) => checked <= patience);
  const timings = await takeTurns(
    quick.map(({ call }) => call),
    seconds,
    clock,
  );
  return measured.map((each) => timings[quick.indexOf(each)] ?? timingOf([each.checked]));
}

/** Calls in turns (A, B, C, A, B, C, …), so that a slow moment of the machine falls on all of them. */
async function takeTurns(calls: readonly Call[], seconds: number, clock: Clock): Promise<Timing[]> {
  const repeats: number[] = [];
  let round = 0;
  for (const call of calls) {
    const perCall = await settled(call, clock);
    repeats.push(Math.max(1, Math.round(turn / perCall)));
    round += Math.max(turn, perCall);
  }
  const rounds = Math.min(maxRounds, Math.max(minRounds, Math.floor((1000 * seconds) / round)));
  const times: number[][] = calls.map(() => []);
  for (let i = 0; i < rounds; i++)
    for (const [index, call] of calls.entries())
      times[index]!.push((await timed(call, repeats[index]!, clock)) / repeats[index]!);
  return times.map(timingOf);
}

/** Calls until the code is warm; milliseconds per call at the end of that. */
async function settled(call: Call, clock: Clock): Promise<number> {
  const start = clock();
  let repeats = 1;
  for (;;) {
    const elapsed = await timed(call, repeats, clock);
    if (clock() - start > warmUp) return elapsed / repeats;
    if (elapsed < warmUp / 8) repeats *= 2;
  }
}

async function timed(call: Call, repeats: number, clock: Clock): Promise<number> {
  const start = clock();
  for (let i = 0; i < repeats; i++) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  return clock() - start;
}

export function timingOf(rounds: readonly number[]): Timing {
  return { median: median(rounds), min: Math.min(...rounds), rounds };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
