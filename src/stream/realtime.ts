import { ShapeError, StreamError } from "../core/errors.ts";
import { gcd } from "../core/gcd.ts";
import { checkInteger, checkReal } from "../core/options.ts";
import type { Engine } from "./engine/engine.ts";
import { startEngine } from "./engine/steady.ts";
import type { StreamNetwork } from "./network.ts";
import { prepare, type Streamable, type StreamOptions } from "./prepare.ts";
import { longestLag, settledAfter } from "./timing.ts";

export interface RealtimeOptions extends Pick<StreamOptions, "channels" | "initial" | "lengthModulo"> {
  /** Input samples per call of `process`, as the host has them: of an AudioWorklet, the length of its arrays. */
  block: number;
  /**
   * Input samples of a smaller magnitude become 0. Default 1e-15, 300 dB below full scale: a fading sound must not come to numbers below 1e-38,
   * which cost a processor up to a hundred times as much. 0 changes nothing.
   */
  flushBelow?: number;
}

const OPTIONS = ["channels", "initial", "lengthModulo", "block", "flushBelow"] as const;

/** A network at a fixed rate: as many samples out as in, delayed by `latency`. */
export class RealtimeStream {
  readonly #engine: Engine;
  readonly #flushBelow: number;
  readonly #input: Float32Array[];
  /** Input samples per call; a call may also bring a multiple. */
  readonly block: number;
  /** Output samples per call. */
  readonly outputBlock: number;
  /**
   * Output samples by which the result is late: what comes out is D zeros, then the result on the whole signal. D is the least number for which
   * every call has its samples, the largest ⌈n·rate⌉ − F(n) over the multiples n of `block`.
   */
  readonly latency: number;
  readonly channels: number;
  readonly outputChannels: number;
  /** Zeros that still have to come out. */
  #zeros: number;

  /** @internal Use `realtime()`. */
  constructor(network: StreamNetwork, { block, initial = "zeros", flushBelow = 1e-15 }: RealtimeOptions) {
    const { period, count } = network;
    if ((block * count) % period !== 0)
      throw new StreamError(
        `realtime: the network gives ${count} samples for ${period}, so ${block} samples have no whole number of results; blocks of ${period / gcd(period, count)} have`,
      );
    const turns = turnsToPrepare(network, block);
    this.block = block;
    this.outputBlock = ((block * count) / period) | 0;
    this.latency = Math.max(0, longestLag(network, block, turns * block) / period);
    this.channels = network.channels;
    this.outputChannels = network.tapes[network.output.tape]!;
    this.#flushBelow = flushBelow;
    this.#zeros = this.latency;
    this.#input = Array.from({ length: this.channels }, () => new Float32Array(block));
    const delay = this.latency + this.outputBlock;
    this.#engine = startEngine(network, initial, { block, delay });
    this.#engine.prepare(turns);
  }

  /**
   * Takes in a block and fills one of `outputBlock` samples. Synchronous, and allocates nothing. Channels that `input` lacks are silent, channels
   * of `output` beyond the network's are silent too.
   *
   * @throws ShapeError when arrays are no multiple of `block`, or do not fit together
   */
  process(input: readonly Float32Array[], output: readonly Float32Array[]): void {
    const turns = this.#turns(input, output);
    for (let turn = 0; turn < turns; turn++) {
      const rows = this.#clean(input, turn * this.block);
      this.#engine.room();
      this.#engine.write(rows, 0, this.block);
      this.#give(output, turn * this.outputBlock);
    }
  }

  /** Frees the memory of this stream now; it must not be used any more. Not needed: it goes with the stream, when that is collected. */
  close(): void {
    this.#engine.close();
  }

  /** Begins anew. */
  reset(): void {
    this.#engine.reset();
    this.#zeros = this.latency;
  }

  #turns(input: readonly Float32Array[], output: readonly Float32Array[]): number {
    const length = output.length > 0 ? output[0]!.length : 0;
    if (length % this.outputBlock !== 0)
      throw new ShapeError(
        `process: output arrays must be a multiple of ${this.outputBlock} samples long, got ${length}`,
      );
    const turns = (length / this.outputBlock) | 0; // as an integer, which is not boxed
    for (let row = 0; row < output.length; row++)
      if (output[row]!.length !== length)
        throw new ShapeError(
          `process: output channel ${row} has ${output[row]!.length} samples, channel 0 has ${length}`,
        );
    for (let row = 0; row < input.length; row++)
      if (input[row]!.length !== turns * this.block)
        throw new ShapeError(
          `process: input channel ${row} must have ${turns * this.block} samples for ${length} output samples, got ${input[row]!.length}`,
        );
    return turns;
  }

  /** One block of the input, without numbers that come to nothing but cost much. */
  #clean(input: readonly Float32Array[], from: number): readonly Float32Array[] {
    const below = this.#flushBelow;
    for (let row = 0; row < this.#input.length; row++) {
      const into = this.#input[row]!;
      const samples = row < input.length ? input[row]! : null;
      if (samples === null) into.fill(0);
      else
        for (let t = 0; t < this.block; t++) {
          const sample = samples[from + t]!;
          into[t] = sample < below && sample > -below ? 0 : sample;
        }
    }
    return this.#input;
  }

  #give(output: readonly Float32Array[], at: number): void {
    const zeros = Math.min(this.#zeros, this.outputBlock);
    this.#zeros -= zeros;
    for (let row = 0; row < output.length; row++)
      if (row >= this.outputChannels) output[row]!.fill(0, at, at + this.outputBlock);
      else if (zeros > 0) output[row]!.fill(0, at, at + zeros);
    if (this.#engine.available < this.outputBlock - zeros)
      throw new StreamError("process: a block is not ready in time, which must not be; please report it");
    this.#engine.take(output, at + zeros, this.outputBlock - zeros);
  }
}

/** Calls after which everything repeats: until the network is settled, and one round of block and period. */
const turnsToPrepare = (network: StreamNetwork, block: number): number =>
  Math.ceil(settledAfter(network) / block) + network.period / gcd(network.period, block) + 1;

/**
 * Prepares a network for hosts that want as many samples as they give, block by block, such as an AudioWorklet. The arguments are those of
 * `stream`, and the length of a block.
 *
 * Its whole work for one hop falls into the call that completes the hop: where that is longer than a block lasts, it belongs into a worker.
 *
 * ```ts
 * const live = realtime(net, { channels: 1, block: 128 });
 * live.process(input, output); // Float32Array[] each
 * live.latency; // samples
 * ```
 *
 * @throws StreamError for a network that cannot be streamed, or has no whole number of results per block
 */
export function realtime(net: Streamable, options: RealtimeOptions): RealtimeStream {
  const { network } = prepare("realtime", net, options, OPTIONS);
  checkInteger("realtime", "block", options.block, 1);
  if (options.flushBelow !== undefined) checkReal("realtime", "flushBelow", options.flushBelow);
  if (network.output.tape < 0)
    throw new StreamError("realtime: the network gives its result when the signal is over; there is nothing before");
  return new RealtimeStream(network, options);
}
