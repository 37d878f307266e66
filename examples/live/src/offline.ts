/** The same chain as fast as it goes, for files. */
import { addChain, type ChainOptions } from "./chain.ts";
import { PlainError } from "./errors.ts";
import type { Model } from "./model.ts";

/** What comes out of the chain for a signal at the rate of the model: as long as it, and not late. */
export async function throughChain(
  { network, sampleRate }: Model,
  signal: Float32Array<ArrayBuffer>,
  options: Pick<ChainOptions, "bypassed"> = {},
): Promise<Float32Array<ArrayBuffer>> {
  // The length of a context is fixed when it is made, and the latency is known when there is a chain: so there are two.
  const { latency } = await addChain(new OfflineAudioContext(1, 1, sampleRate), network);
  const context = new OfflineAudioContext(1, signal.length + latency, sampleRate);
  let failure: string | null = null;
  const chain = await addChain(context, network, {
    ...options,
    onMessage: (message) => {
      if ("error" in message) failure = message.error;
    },
  });
  const source = new AudioBufferSourceNode(context, { buffer: bufferOf(signal, sampleRate) });
  source.connect(chain.input);
  chain.output.connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  if (failure !== null) throw new PlainError(failure);
  return rendered.getChannelData(0).slice(latency);
}

export function bufferOf(signal: Float32Array<ArrayBuffer>, sampleRate: number): AudioBuffer {
  const buffer = new AudioBuffer({ length: signal.length, sampleRate });
  buffer.copyToChannel(signal, 0);
  return buffer;
}
