import type { DType } from "../core/dtype.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { KernelRuleName, MoveRuleName } from "./rules/index.ts";

/**
 * A network as processes that pass signals on, over tapes: what `analyse` finds out, and all that an engine has to know. Plain data,
 * apart from the tensors of `fixed`.
 */
export interface StreamNetwork {
  /** Rows of the input, which is tape 0. */
  readonly channels: number;
  /** Rows of each tape. */
  readonly tapes: readonly number[];
  /** In an order in which each comes after those that it reads. */
  readonly processes: readonly Process[];
  readonly output: SignalReference;
  /** Weights and other constants. */
  readonly fixed: readonly Tensor[];
  /** Per process, and last that of the output: `n · rate − low ≤ F(n) ≤ n · rate + high`. */
  readonly paces: readonly Bounds[];
  /** F(n + period) = F(n) + count, for the output. */
  readonly period: number;
  readonly count: number;
}

/** A signal: what stands on a tape, with zeros before and after. */
export interface SignalReference {
  readonly tape: number;
  readonly before: number;
  readonly after: number;
}

export const sameReference = (a: SignalReference, b: SignalReference): boolean =>
  a.tape === b.tape && a.before === b.before && a.after === b.after;

export interface Bounds {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

interface Common {
  /** What keeps time; `null` where signals only meet. */
  readonly parameters: unknown;
  /** What the rule reads. */
  readonly source: SignalReference | null;
  /** What must be there as far as the results are. */
  readonly beside: readonly SignalReference[];
  /** What has the length that the results get. */
  readonly gate: SignalReference | null;
}

/** Results that a kernel computes: the rule's, and what is made of them moment by moment. */
export interface KernelProcess extends Common {
  readonly kind: "kernel";
  readonly rule: KernelRuleName | null;
  readonly readings: readonly Reading[];
  /** What is computed, in order; the rule's own result comes first. */
  readonly body: readonly Instruction[];
  /** The rule's constants, of `fixed`. */
  readonly weights: readonly number[];
  readonly outputs: readonly { readonly of: Reference; readonly tape: number }[];
  /** Of a recurrence: the number of the reading that is its own last result, and the constant it starts from. */
  readonly state: { readonly reading: number; readonly initial: number } | null;
  /** Units computed at least, because a sum over an axis beside one moment would take another order. */
  readonly atLeast: number;
}

/** Samples that are moved. */
export interface MoveProcess extends Common {
  readonly kind: "move";
  readonly rule: MoveRuleName;
  readonly tape: number;
}

export type Process = KernelProcess | MoveProcess;

/** Units u to u+count−1 read `count·step + extra` samples from `u·step + offset`. */
export interface Reading {
  readonly signal: SignalReference;
  readonly step: number;
  readonly offset: number;
  readonly extra: number;
  /** The tensor it is read as, with time along axis `time`. */
  readonly shape: readonly number[];
  readonly time: number;
  /** Whether the kernel finds the samples it needs in a longer row by itself. */
  readonly whole: boolean;
}

/** An operand: a reading, a constant, or the result of an instruction. */
export type Reference = readonly ["reading" | "fixed" | "body", number];

/** An operation of which every moment is computed from that moment alone. `"rule"`: what keeps time. */
export interface Instruction {
  readonly op: string;
  readonly attributes: unknown;
  readonly inputs: readonly Reference[];
  readonly shape: readonly number[];
  /** The axis of time, whose length in `shape` is arbitrary. */
  readonly time: number;
  readonly dtype: DType;
}

/** The tapes that a process writes. */
export const tapesOf = (process: Process): number[] =>
  process.kind === "move" ? [process.tape] : process.outputs.map(({ tape }) => tape);

/** Samples of every tape per input sample. */
export function ratesOf({ tapes, processes, paces }: StreamNetwork): number[] {
  const rates = tapes.map(() => 1);
  processes.forEach((process, i) => {
    for (const tape of tapesOf(process)) rates[tape] = paces[i]!.rate;
  });
  return rates;
}
