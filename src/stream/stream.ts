import { AtrousError, ShapeError, StreamError } from "../core/errors.ts";
import { checkInteger } from "../core/options.ts";
import type { Network } from "../nn/trace.ts";
import { checkBlock, Parts } from "./blocks.ts";
import { Ending } from "./ending.ts";
import type { Engine, Initial } from "./engine/engine.ts";
import { blockOf } from "./engine/layout.ts";
import { startEngine } from "./engine/steady.ts";
import type { StreamNetwork } from "./network.ts";
import { prepare, type Streamable, type StreamOptions } from "./prepare.ts";
import { restoreEngine, type Snapshot, snapshotOf } from "./snapshot.ts";
import { readyAfter, type Timing, timingOf } from "./timing.ts";

const OPTIONS = ["channels", "initial", "lengthModulo", "allowBuffering", "maxBlock"] as const;

/**
 * A network that is fed block by block. What comes out, put together, has the bits of `net.forward` on the whole signal, for blocks of any
 * lengths.
 */
export class LiveStream {
  readonly #network: StreamNetwork;
  readonly #engine: Engine;
  readonly #ending: Ending | null;
  readonly #remainder: number | null;
  #timing: Timing | null = null;
  #pushed = 0;
  #finished = false;
  #closed = false;

  /** @internal Use `stream()`. */
  constructor(
    network: StreamNetwork,
    initial: Initial,
    remainder: number | null,
    ending: Ending | null,
    maxBlock?: number,
  ) {
    this.#network = network;
    this.#remainder = remainder;
    this.#ending = ending;
    this.#engine = startEngine(network, initial, { block: maxBlock ?? blockOf(network) });
  }

  /**
   * Takes in a block, one array per channel, all of one length, which may be 0; gives what is final now, one array per output channel, often of
   * another length than the block.
   *
   * @throws ShapeError for another number of channels, or channels of several lengths; StreamError after `finish`
   */
  push(block: readonly Float32Array[]): Float32Array[] {
    this.#checkOpen("push");
    if (this.#finished) throw new StreamError("push: the stream is finished; reset() begins anew");
    const length = checkBlock("push", block, this.#network.channels);
    const parts = new Parts();
    for (let from = 0; from < length || parts.isEmpty; ) {
      const count = Math.min(length - from, this.#engine.room(), this.#engine.block);
      if (count <= 0 && from < length)
        throw new AtrousError("push: a tape is full, which must not be; please report it");
      this.#engine.write(block, from, from + count);
      parts.take(this.#engine, this.#rows);
      this.#ending?.keep(this.#engine);
      from += count;
    }
    this.#pushed += length;
    return parts.join(this.#rows);
  }

  /**
   * There will be no more samples: gives the rest, which is nothing for a signal too short for the network's first window.
   *
   * @throws ShapeError when a signal of this length does not fit the network, StreamError when it has been called before
   */
  finish(): Float32Array[] {
    this.#checkOpen("finish");
    if (this.#finished) throw new StreamError("finish: the stream is finished already; reset() begins anew");
    this.#checkLength();
    this.#finished = true;
    if (this.#ending) return this.#ending.finish(this.#engine, this.#pushed);
    const parts = new Parts();
    this.#engine.end();
    do {
      this.#engine.run();
      parts.take(this.#engine, this.#rows);
    } while (this.#engine.available > 0 || !this.#engine.isDone);
    return parts.join(this.#rows);
  }

  /** Frees the memory of this stream now. Not needed: it goes with the stream, when that is collected. */
  close(): void {
    if (!this.#closed) this.#engine.close();
    this.#closed = true;
  }

  /** Begins anew. */
  reset(): void {
    this.#checkOpen("reset");
    this.#engine.reset();
    this.#ending?.reset();
    this.#pushed = 0;
    this.#finished = false;
  }

  /** All that the stream remembers, as plain data that JSON keeps: a stream of the same network can go on from it. */
  snapshot(): Snapshot {
    this.#checkOpen("snapshot");
    if (this.#ending)
      throw new StreamError("snapshot: a network that needs the whole signal has no state but that signal");
    return snapshotOf(this.#engine, this.#pushed, this.#finished);
  }

  /** Goes on from a snapshot. @throws StreamError if it is one of another network */
  restore(snapshot: Snapshot): void {
    this.#checkOpen("restore");
    if (this.#ending)
      throw new StreamError("restore: a network that needs the whole signal has no state but that signal");
    restoreEngine(this.#engine, snapshot);
    this.#pushed = snapshot.pushed;
    this.#finished = snapshot.finished;
  }

  /** How many samples have come out once `n` have gone in, if the signal has not ended: F(n). */
  ready(n: number): number {
    return this.#ending ? 0 : readyAfter(this.#network, checkInteger("ready", "n", n, 0));
  }

  /** Output samples that are missing at most, compared with the input at the output's rate. */
  get latency(): number {
    return this.#times.latency;
  }

  /** Input samples beyond its own place that an output sample waits for, at most; a fraction where the network changes the rate. */
  get lookahead(): number {
    return this.#times.lookahead;
  }

  /** Input samples that one output sample depends on, at most. */
  get receptiveField(): number {
    return this.#times.receptiveField;
  }

  /** Input samples after which everything repeats: the product of strides, where there are no others. */
  get hop(): number {
    return this.#ending ? Number.POSITIVE_INFINITY : this.#network.period;
  }

  /** Output samples per input sample. */
  get rate(): number {
    return this.#ending ? 0 : this.#network.count / this.#network.period;
  }

  /** Channels that go in. */
  get channels(): number {
    return this.#network.channels;
  }

  /** Channels that come out. */
  get outputChannels(): number {
    return this.#rows;
  }

  get #rows(): number {
    return this.#ending ? this.#ending.rows : this.#network.tapes[this.#network.output.tape]!;
  }

  get #times(): Timing {
    const never = { latency: Number.POSITIVE_INFINITY, lookahead: Number.POSITIVE_INFINITY };
    this.#timing ??= this.#ending ? { ...never, receptiveField: Number.POSITIVE_INFINITY } : timingOf(this.#network);
    return this.#timing;
  }

  #checkOpen(op: string): void {
    if (this.#closed) throw new StreamError(`${op}: the stream is closed`);
  }

  #checkLength(): void {
    const hop = this.#network.period;
    if (this.#remainder === null || this.#pushed % hop === this.#remainder % hop) return;
    throw new ShapeError(
      `finish: lengthModulo ${this.#remainder} promised a length of ${this.#remainder % hop} modulo ${hop}, got ${this.#pushed} samples`,
    );
  }
}

/**
 * Prepares a network to be fed block by block. The network is called here, a few times, in evaluation mode, with signals `(1, channels, L)` of
 * several lengths, to see how it keeps time; its weights are those of this moment.
 *
 * ```ts
 * const live = stream(net, { channels: 1 });
 * const a = live.push([first]); // Float32Array[]: what is final after this block
 * const b = live.push([second]);
 * const c = live.finish(); // a, b and c are net.forward of both blocks, bit for bit
 * ```
 *
 * @throws StreamError for a network that cannot be computed block by block, naming the operation and why
 */
export function stream(net: Streamable, options: StreamOptions = {}): LiveStream {
  const { network, analysis, initial, remainder } = prepare("stream", net, options, OPTIONS);
  const ending = analysis && network.output.tape < 0 ? new Ending(net as Network, analysis) : null;
  const { maxBlock } = options;
  if (maxBlock !== undefined) checkInteger("stream", "maxBlock", maxBlock, 1);
  return new LiveStream(network, initial, remainder, ending, maxBlock);
}
