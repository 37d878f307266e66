import type { Tensor } from "../../graph/tensor.ts";

/**
 * How something that keeps time does so: which of its results are final when, and which part of its input they need. Parameters are
 * plain data, so that a network can be handed to another thread.
 */
export interface Rule<P = unknown> {
  /** F(n): how many results can neither change nor cease to exist after `n` samples of an open signal. */
  readonly ready: (parameters: P, n: number) => number;
  /** M(n): how many results there are when the signal ends after `n` samples. @throws ShapeError if there can be none */
  readonly length: (parameters: P, n: number) => number;
  /** What F does to a clock. */
  readonly pace: (parameters: P, tail: number) => Pace;
  /** The part `[from, to)` of the input that the results `[from, to)` are made of, regardless of where the signal starts and ends. */
  readonly reach: (parameters: P, from: number, to: number) => readonly [number, number];
}

/** F(n) = max(0, n + shift), or a rate and bounds as in `Clocks.rated`; and how many samples are sure to follow. */
export type Pace =
  | { readonly shift: number; readonly more: number }
  | { readonly up: number; readonly down: number; readonly low: number; readonly high: number; readonly tail: number };

/** A rule whose results come out of a kernel: made in units, of which each needs the input one step further. */
export interface KernelRule<P = unknown> extends Rule<P> {
  /** Results per unit, and the first result of unit 0. */
  readonly unit: (parameters: P) => { readonly size: number; readonly first: number };
  /** Units u to u+count−1 read `count·step + extra` samples from `u·step + offset`. */
  readonly window: (parameters: P) => Window;
  /** The results of `count` units: `(…, count·size)` from a row-wise longer array that starts with the window. */
  readonly build: (
    parameters: P,
    window: Tensor,
    fixed: readonly Tensor[],
    count: number,
    also: readonly Tensor[],
  ) => Tensor;
}

export interface Window {
  readonly step: number;
  readonly offset: number;
  readonly extra: number;
}

/** A rule whose results are samples moved, or a few of them put together, without weights. */
export interface MoveRule<P = unknown> extends Rule<P> {
  /** The first sample that results from `result` on need. */
  readonly needed: (parameters: P, result: number) => number;
  /** Writes results `from..to−1` of one row. */
  readonly move: (parameters: P, source: Row, target: Row, from: number, to: number) => void;
}

/** A row of a tape: sample `t` is `numbers[start + t]`. */
export interface Row {
  numbers: Float32Array;
  start: number;
  /** The first sample, 0, or less where the signal has a past; and how many there are, `Infinity` while that is open. */
  first: number;
  end: number;
}
