/** Sound from a source, through the chain, to the loudspeaker: from Play to Stop. */
import { addChain, type Chain } from "./chain.ts";
import { messageOf, PlainError } from "./errors.ts";
import type { Model } from "./model.ts";
import type { OpenSource, Source } from "./sources.ts";

export interface SessionEvents {
  /** The share of time that computing takes. */
  onLoad(load: number): void;
  /** It is over, because of this. */
  onFailure(message: string): void;
}

/** Seconds between two reports of the load. */
const REPORT_EVERY = 0.5;

/** Milliseconds in which a loudspeaker should be there; headphones without a wire take two seconds. */
const PATIENCE = 4000;

export class Session {
  readonly chain: Chain;
  readonly before: AnalyserNode;
  readonly after: AnalyserNode;
  readonly sampleRate: number;
  readonly #context: AudioContext;
  readonly #source: Source;

  private constructor(context: AudioContext, source: Source, chain: Chain) {
    this.#context = context;
    this.#source = source;
    this.chain = chain;
    this.sampleRate = context.sampleRate;
    this.before = new AnalyserNode(context, { fftSize: 2048 });
    this.after = new AnalyserNode(context, { fftSize: 2048 });
    source.node.connect(chain.input).connect(this.before);
    chain.output.connect(this.after).connect(context.destination);
  }

  /** @throws PlainError */
  static async open(model: Model, open: OpenSource, bypassed: boolean, events: SessionEvents): Promise<Session> {
    const context = contextAt(model.sampleRate);
    let source: Source | null = null;
    try {
      const chain = await addChain(context, model.network, {
        bypassed,
        reportEvery: REPORT_EVERY,
        onMessage: (message) => {
          if ("load" in message) events.onLoad(message.load);
          if ("error" in message) events.onFailure(message.error);
        },
      });
      source = await open(context);
      await running(context);
      return new Session(context, source, chain);
    } catch (error) {
      source?.close();
      await context.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#source.close();
    await this.#context.close();
  }
}

/** The context resamples what comes from the microphone and what goes to the loudspeaker. */
function contextAt(sampleRate: number): AudioContext {
  let context: AudioContext;
  try {
    context = new AudioContext({ sampleRate, latencyHint: "interactive" });
  } catch (error) {
    throw new PlainError(`This browser plays no sound at the model's ${sampleRate} Hz: ${messageOf(error)}`);
  }
  if (context.audioWorklet) return context;
  void context.close();
  throw new PlainError("Audio threads (AudioWorklet) need a newer browser, and https or http://localhost.");
}

/** Firefox waits for a loudspeaker in silence, for ever. */
async function running(context: AudioContext): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PlainError("The browser finds no loudspeaker and no headphones.")), PATIENCE);
  });
  await Promise.race([context.resume(), late]).finally(() => clearTimeout(timer));
}
