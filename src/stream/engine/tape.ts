import type { Workspace } from "../../graph/workspace.ts";

/**
 * A signal in memory, row by row: its last samples, zeros before it and, once it has ended, after it. What nobody needs any more is
 * overwritten when there is no room to go on.
 */
export class Tape {
  /** Its place among the tapes of the network. */
  readonly number: number;
  readonly rows: number;
  /** Samples a row has room for. */
  readonly capacity: number;
  /** Of them, how many must stay free behind the end. */
  readonly #tail: number;
  /** How many samples before the signal can be asked for. */
  readonly left: number;
  readonly #workspace: Workspace;
  /** Where row 0 starts in memory. */
  readonly base: number;
  /** The sample in column 0. */
  origin = 0;
  /** How many samples the signal has so far. */
  written = 0;
  ended = false;

  constructor(
    workspace: Workspace,
    owner: object,
    number: number,
    { rows, capacity, left, tail }: { rows: number; capacity: number; left: number; tail: number },
  ) {
    this.#workspace = workspace;
    this.number = number;
    this.rows = rows;
    this.capacity = capacity;
    this.left = left;
    this.#tail = tail;
    // A kernel may be given a row's middle as the start of a row: its last row then reaches beyond the tape.
    this.base = workspace.allocate(rows * capacity + capacity, owner);
    this.origin = 0 - left; // not −0, which would make every index a fraction
  }

  /** The index in memory of sample `t` of row 0. */
  at(t: number): number {
    return this.base + t - this.origin;
  }

  /** How many samples can follow where the tape is. */
  get room(): number {
    return this.capacity - this.#tail - (this.written - this.origin);
  }

  /** Has row 0 begin with sample `needed`, or stay where it is. */
  forget(needed: number): void {
    const from = Math.min(needed, this.written);
    const move = from - this.origin;
    if (move <= 0) return;
    const { numbers } = this.#workspace;
    const kept = this.written - from;
    for (let row = 0; row < this.rows; row++) {
      const start = this.base + row * this.capacity;
      numbers.copyWithin(start, start + move, start + move + kept);
    }
    this.origin = from;
  }

  /** There will be no more samples: zeros follow. */
  end(): void {
    this.ended = true;
    this.fillAfter();
  }

  /** Puts zeros after the end again, where something was moved. */
  fillAfter(): void {
    const { numbers } = this.#workspace;
    for (let row = 0; row < this.rows; row++) {
      const start = this.base + row * this.capacity;
      numbers.fill(0, start + this.written - this.origin, start + this.capacity);
    }
  }

  /** Begins anew, before the first sample. */
  reset(): void {
    this.origin = 0 - this.left;
    this.written = 0;
    this.ended = false;
    this.#workspace.numbers.fill(0, this.base, this.base + this.rows * this.capacity);
  }

  /** Has the samples before the signal repeat its first one. */
  repeatFirst(): void {
    const { numbers } = this.#workspace;
    for (let row = 0; row < this.rows; row++) {
      const start = this.base + row * this.capacity;
      numbers.fill(numbers[start - this.origin]!, start, start - this.origin);
    }
  }
}
