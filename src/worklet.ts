/**
 * `atrous/worklet`: a network on the audio thread. `audioWorklet.addModule` this file, bundled with what it imports; then
 *
 *     new AudioWorkletNode(context, "atrous", { processorOptions: { network: portable(net, { channels: 1 }) } })
 *
 * runs the network at the context's block length, whatever that is. The node's `outputChannelCount` says how many channels come out, where those
 * are not as many as go in. It needs no global but WebAssembly and typed arrays (without WebAssembly it computes in plain TypeScript).
 */
import { preferredBackend } from "./backends/capabilities.ts";
import { StreamError } from "./core/errors.ts";
import { installBackend } from "./graph/backend.ts";
import type { PortableNetwork } from "./stream/portable.ts";
import { type RealtimeOptions, type RealtimeStream, realtime } from "./stream/realtime.ts";

/** What the node's `processorOptions` say. */
export interface ProcessorOptions extends Pick<RealtimeOptions, "initial" | "flushBelow"> {
  network: PortableNetwork;
  /** Seconds of signal between two messages `{ load }`, the share of time that computing took. Default: none are sent. */
  reportEvery?: number;
}

/** What the processor tells its node: the delay, when the length of blocks is known; how busy it is; what went wrong. */
export type ProcessorMessage =
  | { readonly latency: number; readonly block: number }
  | { readonly load: number }
  | { readonly error: string };

declare const AudioWorkletProcessor: { new (): { readonly port: MessagePort } };
declare const registerProcessor: (name: string, processor: unknown) => void;
declare const sampleRate: number;

installBackend(preferredBackend());

class AtrousProcessor extends AudioWorkletProcessor {
  /** Of a node that somebody made without them, nothing. */
  readonly #options: Partial<ProcessorOptions>;
  #live: RealtimeStream | null = null;
  #failed = false;
  /** Milliseconds of computing, and samples, since the last report. */
  #busy = 0;
  #samples = 0;

  constructor({ processorOptions }: { processorOptions?: ProcessorOptions }) {
    super();
    this.#options = processorOptions ?? {};
  }

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    if (!output || output.length === 0 || this.#failed) return !this.#failed;
    const block = output[0]!.length;
    const begun = Date.now();
    try {
      if (this.#live?.block !== block) this.#begin(block);
      this.#live!.process(input ?? [], output);
    } catch (error) {
      this.#failed = true;
      this.port.postMessage({ error: String(error) } satisfies ProcessorMessage);
    }
    this.#report(block, Date.now() - begun);
    return !this.#failed;
  }

  /** The length of blocks is the host's to choose, and known when the first one comes. */
  #begin(block: number): void {
    const { network, initial, flushBelow } = this.#options;
    if (network === undefined)
      throw new StreamError("worklet: processorOptions has no network; pass { network: portable(net, { channels }) }");
    this.#live?.close();
    this.#live = null;
    const live = realtime(network, {
      block,
      ...(initial !== undefined && { initial }),
      ...(flushBelow !== undefined && { flushBelow }),
    });
    if (live.outputBlock !== block)
      throw new StreamError(
        `worklet: the network gives ${live.outputBlock} samples for ${block}; an audio node gives as many as it takes`,
      );
    this.#live = live;
    this.port.postMessage({ latency: live.latency, block } satisfies ProcessorMessage);
  }

  /** The clock counts milliseconds; over many blocks the errors cancel. */
  #report(samples: number, milliseconds: number): void {
    const { reportEvery } = this.#options;
    if (reportEvery === undefined) return;
    this.#busy += milliseconds;
    this.#samples += samples;
    if (this.#samples < reportEvery * sampleRate) return;
    this.port.postMessage({ load: (this.#busy * sampleRate) / (1000 * this.#samples) } satisfies ProcessorMessage);
    this.#busy = 0;
    this.#samples = 0;
  }
}

registerProcessor("atrous", AtrousProcessor);
