import type { Instruction, RecurrencePart, ScalarFunction } from "../../core/kernels.ts";

/** Writes an instruction, and gives the number of what it makes. */
export type Apply = (fn: ScalarFunction, ...read: number[]) => number;

/** The part for the gates `from … to − 1`, whose body has so many arguments. `write` gives the numbers of its results. */
export function part(from: number, to: number, count: number, write: (apply: Apply) => number[]): RecurrencePart {
  const body: Instruction[] = [];
  const results = write((fn, ...read) => count + body.push({ fn, arguments: read }) - 1);
  return { from, to, body, results };
}
