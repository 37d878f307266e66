import { FormatError, StreamError } from "../core/errors.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { Engine } from "./engine/engine.ts";

/** What a stream remembers, as plain data. */
export interface Snapshot {
  readonly version: 1;
  readonly pushed: number;
  readonly finished: boolean;
  /** Results of each process. */
  readonly made: readonly number[];
  readonly taken: number;
  readonly tapes: readonly {
    readonly rows: number;
    /** The first sample that is remembered, and how many the signal has. */
    readonly from: number;
    readonly written: number;
    readonly ended: boolean;
    /** Row by row, little-endian float32 in base64, because JSON has no NaN, no infinity and no −0. */
    readonly samples: string;
  }[];
}

export function snapshotOf(engine: Engine, pushed: number, finished: boolean): Snapshot {
  const { numbers } = engine.workspace;
  const tapes = engine.tapes.map((tape) => {
    const from = engine.needed(tape);
    const length = tape.written - from;
    const samples = new Float32Array(tape.rows * length);
    for (let row = 0; row < tape.rows; row++) {
      const start = tape.at(from) + row * tape.capacity;
      samples.set(numbers.subarray(start, start + length), row * length);
    }
    return { rows: tape.rows, from, written: tape.written, ended: tape.ended, samples: toBase64(samples) };
  });
  return { version: 1, pushed, finished, made: [...engine.made], taken: engine.taken, tapes };
}

/** Has the engine go on from a snapshot of the same network. */
export function restoreEngine(engine: Engine, snapshot: Snapshot): void {
  const { tapes, made } = checked(engine, snapshot);
  engine.reset();
  tapes.forEach(({ from, written, ended, samples }, i) => {
    const tape = engine.tapes[i]!;
    const length = written - from;
    const numbers = fromBase64(samples);
    if (numbers.length !== tape.rows * length)
      throw new FormatError(`restore: tape ${i} should have ${tape.rows * length} samples, got ${numbers.length}`);
    for (let row = 0; row < tape.rows; row++)
      engine.workspace.numbers.set(numbers.subarray(row * length, (row + 1) * length), tape.base + row * tape.capacity);
    tape.origin = from;
    tape.written = written;
    if (ended) tape.end();
    else tape.fillAfter();
  });
  engine.resume(made, snapshot.taken);
}

function checked(engine: Engine, snapshot: Snapshot): Snapshot {
  if (snapshot?.version !== 1 || !Array.isArray(snapshot.tapes) || !Array.isArray(snapshot.made))
    throw new FormatError("restore: expected what snapshot() gave");
  const fits =
    snapshot.tapes.length === engine.tapes.length &&
    snapshot.made.length === engine.made.length &&
    snapshot.tapes.every(({ rows, from, written }, i) => {
      const tape = engine.tapes[i]!;
      return rows === tape.rows && written >= from && from >= -tape.left && written - from <= tape.capacity;
    });
  if (fits) return snapshot;
  throw new StreamError("restore: the snapshot is one of another network, or of a stream with other options");
}
