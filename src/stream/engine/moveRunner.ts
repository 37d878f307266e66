import type { Workspace } from "../../graph/workspace.ts";
import type { MoveProcess } from "../network.ts";
import { moveRule } from "../rules/index.ts";
import type { MoveRule, Row } from "../rules/rule.ts";
import type { Tape } from "./tape.ts";

/** Makes the results of one process that moves samples. */
export class MoveRunner {
  readonly process: MoveProcess;
  readonly outputs: readonly Tape[];
  readonly #rule: MoveRule;
  readonly #source: Tape;
  readonly #target: Tape;
  readonly #workspace: Workspace;
  readonly #from: Row = { numbers: new Float32Array(0), start: 0, first: 0, end: 0 };
  readonly #to: Row = { numbers: new Float32Array(0), start: 0, first: 0, end: 0 };
  /** Whether what stands before the signal counts. */
  readonly #past: boolean;

  constructor(process: MoveProcess, tapes: readonly Tape[], workspace: Workspace, past: boolean) {
    this.process = process;
    this.#rule = moveRule(process.rule);
    this.#source = tapes[process.source!.tape]!;
    this.#target = tapes[process.tape]!;
    this.outputs = [this.#target];
    this.#workspace = workspace;
    this.#past = past;
  }

  needed(made: number): number {
    return this.#rule.needed(this.process.parameters, made) - this.process.source!.before;
  }

  run(from: number, to: number): void {
    const { before, after } = this.process.source!;
    const source = this.#from;
    const target = this.#to;
    source.numbers = this.#workspace.numbers;
    target.numbers = source.numbers;
    source.first = this.#past ? -this.#source.left + before : 0;
    source.end = this.#source.ended ? this.#source.written + before + after : Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.#source.rows; row++) {
      source.start = this.#source.at(-before) + row * this.#source.capacity;
      target.start = this.#target.at(0) + row * this.#target.capacity;
      this.#rule.move(this.process.parameters, source, target, from, to);
    }
  }
}
