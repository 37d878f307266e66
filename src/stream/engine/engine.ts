import { getBackend } from "../../graph/backend.ts";
import { type Workspace, workspaceOf } from "../../graph/workspace.ts";
import type { StreamNetwork } from "../network.ts";
import { countsAfter, isComplete, resultsOf, type Supply, samplesOf } from "./counts.ts";
import { KernelRunner } from "./kernelRunner.ts";
import { layOut, type Room } from "./layout.ts";
import { MoveRunner } from "./moveRunner.ts";
import { Tape } from "./tape.ts";

/** What stands before the signal: zeros, the response to endless silence, or the first sample of every signal inside. */
export type Initial = "zeros" | "steady" | "first";

/** Who reads a tape: a reading of a kernel process, or a move; `made` by the number of the process. */
interface Reader {
  readonly process: number;
  readonly reading: number;
}

/**
 * Runs the processes of a network: each makes what is final as soon as it can be, and lets go of what it will never need again.
 * Nothing is allocated after the kernels of the sizes that come are there.
 */
export class Engine {
  readonly network: StreamNetwork;
  readonly workspace: Workspace;
  readonly tapes: readonly Tape[];
  /** Input samples that may come at once. */
  readonly block: number;
  readonly #runners: readonly (KernelRunner | MoveRunner)[];
  /** Results that each process has made. */
  readonly made: number[];
  readonly #complete: boolean[];
  readonly #readers: readonly (readonly Reader[])[];
  readonly #initial: Initial;
  readonly #supply: Supply;
  /** Puts on the tapes what stands before the signal, where that is not zeros; done at every reset. */
  past: (() => void) | null = null;
  /** Samples of the output that have been taken. */
  taken = 0;

  constructor(network: StreamNetwork, initial: Initial, room: Room) {
    this.network = network;
    this.block = room.block;
    this.workspace = workspaceOf(getBackend());
    this.#initial = initial;
    const layout = layOut(network, { remembered: 0, delay: 0, ...room });
    this.tapes = layout.map((each, number) => new Tape(this.workspace, this, number, each));
    this.#runners = network.processes.map((process) => {
      if (process.kind === "move") return new MoveRunner(process, this.tapes, this.workspace, initial === "first");
      const most = Math.min(...process.outputs.map(({ tape }) => layout[tape]!.most));
      return new KernelRunner(process, this.tapes, this.workspace, network.fixed, most);
    });
    this.made = network.processes.map(() => 0);
    this.#complete = network.processes.map(() => false);
    this.#readers = readersOf(network);
    this.#supply = { written: (tape) => this.tapes[tape]!.written, ended: (tape) => this.tapes[tape]!.ended };
    this.reset();
  }

  /** Begins anew. */
  reset(): void {
    for (const tape of this.tapes) tape.reset();
    this.made.fill(0);
    this.#complete.fill(false);
    this.taken = 0;
    this.network.processes.forEach((process) => {
      if (process.kind !== "kernel" || !process.state) return;
      const own = this.tapes[process.readings[process.state.reading]!.signal.tape]!;
      const initial = this.network.fixed[process.state.initial]!.value as Float32Array;
      initial.forEach((number, row) => {
        this.workspace.numbers[own.at(-1) + row * own.capacity] = number;
      });
    });
    this.past?.();
  }

  /** Frees the tapes now; the engine must not be used any more. */
  close(): void {
    this.workspace.release(this);
  }

  /** How many samples can be written to the input now: at least `block`, once nothing is left to be run. */
  room(): number {
    const input = this.tapes[0]!;
    if (input.room < this.block) this.#makeRoom(input);
    return input.room;
  }

  /** Takes in samples `from..to−1` of a block, one array per channel; those of channels that are missing are zero. */
  write(block: readonly Float32Array[], from: number, to: number): void {
    const input = this.tapes[0]!;
    const { numbers } = this.workspace;
    for (let row = 0; row < input.rows; row++) {
      const start = input.at(input.written) + row * input.capacity;
      const samples = block[row];
      if (samples) for (let t = from; t < to; t++) numbers[start + t - from] = samples[t]!;
      else numbers.fill(0, start, start + to - from);
    }
    const begins = input.written === 0 && to > from;
    input.written += to - from;
    if (begins && this.#initial === "first") input.repeatFirst();
    this.run();
  }

  /** No more samples will come. */
  end(): void {
    this.tapes[0]!.end();
  }

  /** Runs every process until there is nothing to do, or no room for the output. */
  run(): void {
    for (let moving = true; moving; ) {
      moving = false;
      for (let i = 0; i < this.#runners.length; i++) if (this.#runProcess(i)) moving = true;
    }
  }

  /** Whether it made something, or ended. */
  #runProcess(index: number): boolean {
    const runner = this.#runners[index]!;
    const { process, outputs } = runner;
    if (this.#complete[index]) return false;
    if (
      this.#initial === "first" &&
      process.source &&
      this.tapes[process.source.tape]!.written === 0 &&
      !this.tapes[process.source.tape]!.ended
    )
      return false;
    const results = resultsOf(process, this.#supply);
    const from = this.made[index]!;
    let to = results;
    for (let i = 0; i < outputs.length; i++) {
      const tape = outputs[i]!;
      if (tape.room < results - from) this.#makeRoom(tape);
      to = Math.min(to, from + tape.room);
    }
    if (to > from) {
      runner.run(from, to);
      this.made[index] = to;
      for (let i = 0; i < outputs.length; i++) {
        outputs[i]!.written = to;
        if (from === 0 && this.#initial === "first" && !(process.kind === "kernel" && process.state))
          outputs[i]!.repeatFirst();
      }
    }
    if (to === results && isComplete(process, this.#supply)) {
      this.#complete[index] = true;
      for (let i = 0; i < outputs.length; i++) outputs[i]!.end();
      return true;
    }
    return to > from;
  }

  #makeRoom(tape: Tape): void {
    tape.forget(this.needed(tape));
    if (tape.ended) tape.fillAfter();
  }

  /** The first sample of a tape that someone still needs. */
  needed(tape: Tape): number {
    let needed = tape.written;
    const readers = this.#readers[tape.number]!;
    for (let i = 0; i < readers.length; i++) {
      const { process, reading } = readers[i]!;
      if (this.#complete[process]) continue;
      const runner = this.#runners[process]!;
      const made = this.made[process]!;
      const from = runner instanceof KernelRunner ? runner.needed(reading, made) : runner.needed(made);
      if (from < needed) needed = from;
    }
    const { output } = this.network;
    if (output.tape === tape.number) needed = Math.min(needed, this.taken - output.before);
    return Math.max(needed, tape.origin);
  }

  /** Whether every process has made all that it ever will. */
  get isDone(): boolean {
    return this.#complete.every((complete) => complete);
  }

  /** Goes on where `made` results were made and `taken` samples taken; tapes are as they were then. */
  resume(made: readonly number[], taken: number): void {
    made.forEach((count, i) => {
      this.made[i] = count;
      this.#complete[i] = this.#runners[i]!.outputs.every((tape) => tape.ended);
    });
    this.taken = taken;
  }

  /** Samples of the output that can be taken. */
  get available(): number {
    return this.network.output.tape < 0 ? 0 : samplesOf(this.network.output, this.#supply) - this.taken;
  }

  /** Copies `count` samples of the output, from the first that has not been taken, into as many rows as there are. */
  take(rows: readonly Float32Array[], offset: number, count: number): void {
    const { numbers } = this.workspace;
    const { tape: number, before } = this.network.output;
    const tape = this.tapes[number]!;
    const from = tape.at(this.taken - before);
    for (let row = 0; row < tape.rows; row++) {
      const start = from + row * tape.capacity;
      const into = rows[row];
      if (into === undefined) continue;
      for (let t = 0; t < count; t++) into[offset + t] = numbers[start + t]!;
    }
    this.taken += count;
  }

  /** Has kernels for what every process makes in the first `turns` blocks, one after the other. */
  prepare(turns: number): void {
    let before = countsAfter(this.network, 0, false).tapes;
    for (let turn = 1; turn <= turns; turn++) {
      const after = countsAfter(this.network, turn * this.block, false).tapes;
      for (const runner of this.#runners) {
        const [made] = runner.outputs;
        if (runner instanceof KernelRunner && made) runner.prepare(before[made.number]!, after[made.number]!);
      }
      before = after;
    }
  }
}

function readersOf(network: StreamNetwork): Reader[][] {
  const readers = network.tapes.map((): Reader[] => []);
  network.processes.forEach((process, i) => {
    if (process.kind === "move") readers[process.source!.tape]!.push({ process: i, reading: 0 });
    else
      for (const [reading, { signal }] of process.readings.entries())
        readers[signal.tape]!.push({ process: i, reading });
  });
  return readers;
}
