import { StreamError } from "../core/errors.ts";
import { showShape, sizeOf } from "../core/shape.ts";
import { evaluateSync, topologicalOrder } from "../graph/evaluate.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Network } from "../nn/trace.ts";
import { align } from "./analysis/align.ts";
import type { Analysis } from "./analysis/analyse.ts";
import { Obstacle } from "./analysis/obstacle.ts";
import { type Trace, traceAt } from "./analysis/traces.ts";
import type { Engine } from "./engine/engine.ts";

/**
 * The end of a network whose output needs the whole signal, as a classifier's does. What streams is computed block by block; what the
 * rest needs of it is kept, and the rest is computed at once when the signal is over, on the graph of its length.
 */
export class Ending {
  readonly #net: Network;
  readonly #analysis: Analysis;
  #kept: Float32Array[][][] = [];
  #counts: number[] = [];

  constructor(net: Network, analysis: Analysis) {
    this.#net = net;
    this.#analysis = analysis;
    const { nodes, time } = analysis.output;
    if (nodes.some((node) => rowsOf(node, time) !== this.rows))
      throw new StreamError(
        `stream: the result has more channels for longer signals, shape ${showShape(nodes[0]!.shape)}; there is no stream of that`,
      );
    this.reset();
  }

  /** Channels of the output. */
  get rows(): number {
    const { nodes, time } = this.#analysis.output;
    return rowsOf(nodes[0]!, time);
  }

  reset(): void {
    this.#kept = this.#analysis.kept.map(() => []);
    this.#counts = this.#analysis.kept.map(() => 0);
  }

  /** Copies what has come since. */
  keep(engine: Engine): void {
    this.#analysis.kept.forEach(({ signal }, i) => {
      const tape = engine.tapes[signal.tape]!;
      const from = this.#counts[i]!;
      const to = tape.written;
      if (to === from) return;
      const rows = Array.from({ length: tape.rows }, (_, row) => {
        const start = tape.at(from) + row * tape.capacity;
        return engine.workspace.numbers.slice(start, start + to - from);
      });
      this.#kept[i]!.push(rows);
      this.#counts[i] = to;
    });
  }

  /** The output, for a signal of `length` samples. */
  finish(engine: Engine, length: number): Float32Array[] {
    engine.end();
    do {
      engine.run();
      this.keep(engine);
    } while (!engine.isDone);
    const { traces, kept, output } = this.#analysis;
    const whole = traceAt("finish", this.#net, engine.network.channels, length);
    const places = placesIn(traces[0]!, whole);
    kept.forEach(({ node, signal: { before, after } }, i) => {
      const samples = before + this.#counts[i]! + after;
      const place = places.get(node.nodes[0]!)?.find(({ shape }) => shape[node.time] === samples);
      if (place) place.value = this.#whole(i, place, node.time, before);
    });
    if (topologicalOrder([whole.output], ({ value }) => value === null).some(isInput))
      throw new StreamError(
        `finish: at ${length} samples the network takes another form than at the lengths where it was seen, ${traces.map((trace) => trace.length).join(", ")}`,
      );
    evaluateSync([whole.output]);
    return split(whole.output, output.time);
  }

  /** A kept signal in the order that the network has it in, where time need not be the last axis. */
  #whole(i: number, { shape }: Tensor, time: number, before: number): Float32Array {
    const length = shape[time]!;
    const inner = sizeOf(shape.slice(time + 1));
    const whole = new Float32Array(sizeOf(shape));
    let at = before;
    for (const part of this.#kept[i]!) {
      part.forEach((row, r) => {
        const [outer, rest] = [Math.floor(r / inner), r % inner];
        row.forEach((number, t) => {
          whole[(outer * length + at + t) * inner + rest] = number;
        });
      });
      at += part[0]!.length;
    }
    return whole;
  }
}

const isInput = ({ op, value }: Tensor): boolean => op === null && value === null;

/**
 * The nodes of `trace`, and which are the same in `whole`: several, where `trace` is so short, or so long, that a slice cuts nothing off there
 * and is no node.
 */
function placesIn(trace: Trace, whole: Trace): Map<Tensor, Tensor[]> {
  const places = new Map([[trace.input, [whole.input]]]);
  try {
    for (const { nodes, mismatch } of align([trace, whole])) {
      const [node, place] = nodes as [Tensor, Tensor];
      if (!mismatch) places.set(node, [...(places.get(node) ?? []), place]);
    }
  } catch (error) {
    if (!(error instanceof Obstacle)) throw error;
  }
  return places;
}

const rowsOf = ({ shape }: Tensor, time: number): number => {
  if (time >= 0) return sizeOf(shape.toSpliced(time, 1));
  return shape.length > 1 ? shape[1]! : sizeOf(shape);
};

/** The output as rows: along time, or, of a result without time, a row per channel. */
function split(output: Tensor, time: number): Float32Array[] {
  const value = output.value as Float32Array;
  const rows = rowsOf(output, time);
  const length = value.length / rows;
  const inner = time < 0 ? 1 : sizeOf(output.shape.slice(time + 1));
  return Array.from({ length: rows }, (_, row) =>
    Float32Array.from({ length }, (_, t) => value[(Math.floor(row / inner) * length + t) * inner + (row % inner)]!),
  );
}
