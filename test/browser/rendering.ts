/** The processor of `atrous/worklet` in an OfflineAudioContext of a page. */
import type { PortableNetwork } from "atrous/stream";
import type { Page } from "playwright-core";
import { rolldown } from "rolldown";

/** What a page is asked to render: plain data and typed arrays, which reach it as they are. */
export interface Rendering {
  /** `null`: a node without any. */
  network: PortableNetwork | null;
  sampleRate: number;
  /** Samples to render. */
  length: number;
  /** Channels of the output. */
  channels: number;
  /** What is played from the start, one array per channel; none leaves the input unconnected. */
  signal: Float32Array[];
  /** What the context is asked for; browsers without such a choice ignore it. */
  renderSizeHint?: number;
  reportEvery?: number;
}

export interface Rendered {
  channels: Float32Array[];
  /** What the processor said, in order. */
  messages: Record<string, unknown>[];
  /** The length of blocks, as the context gives it; `null` where contexts do not say. */
  quantum: number | null;
  /** That rendering took. */
  milliseconds: number;
  /** Events `processorerror`. */
  crashes: number;
}

/** `src/worklet.ts` with all it imports, as one file for `addModule`. */
export async function workletScript(): Promise<string> {
  const build = await rolldown({ input: new URL("../../src/worklet.ts", import.meta.url).pathname });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  return output[0].code;
}

/** Renders in the page, which must come from a server that has `/worklet.js`. */
export const render = (page: Page, rendering: Rendering): Promise<Rendered> =>
  page.evaluate(async ({ network, sampleRate, length, channels, signal, renderSizeHint, reportEvery }) => {
    const shape = { numberOfChannels: channels, length, sampleRate, ...(renderSizeHint && { renderSizeHint }) };
    const context = new OfflineAudioContext(shape) as OfflineAudioContext & { renderQuantumSize?: number };
    await context.audioWorklet.addModule("/worklet.js");
    const node = new AudioWorkletNode(context, "atrous", {
      outputChannelCount: [channels],
      processorOptions: { ...(network && { network }), ...(reportEvery && { reportEvery }) },
    });
    const messages: Record<string, unknown>[] = [];
    let crashes = 0;
    node.port.onmessage = ({ data }) => void messages.push(data);
    node.onprocessorerror = () => void crashes++;
    if (signal.length > 0) {
      const buffer = context.createBuffer(signal.length, signal[0]!.length, sampleRate);
      for (let c = 0; c < signal.length; c++) buffer.getChannelData(c).set(signal[c]!);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(node);
      source.start();
    }
    node.connect(context.destination);
    const begun = performance.now();
    const rendered = await context.startRendering();
    const milliseconds = performance.now() - begun;
    // Messages come by way of the event loop, and the result may overtake them.
    for (let seen = -1; seen < messages.length || seen === 0; ) {
      seen = messages.length;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return {
      channels: Array.from({ length: channels }, (_, c) => rendered.getChannelData(c).slice()),
      messages,
      quantum: context.renderQuantumSize ?? null,
      milliseconds,
      crashes,
    };
  }, rendering);
