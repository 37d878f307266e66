/** The denoiser as a part of an audio graph: what goes in, late, and what the network makes of it, with a fader between the two. */
import type { PortableNetwork } from "atrous/stream";
import { realtime } from "atrous/stream";
import type { ProcessorMessage, ProcessorOptions } from "../../../src/worklet.ts";

export interface Chain {
  /** One channel; what has more is mixed down. */
  readonly input: AudioNode;
  readonly output: AudioNode;
  /** Samples by which the output is late, denoised or not. */
  readonly latency: number;
  /** Fades, without a jump in time: the signal that is not denoised is as late as the other. */
  setBypass(bypassed: boolean): void;
}

export interface ChainOptions {
  bypassed?: boolean;
  /** Seconds of signal between two reports of the load. */
  reportEvery?: number;
  onMessage?: (message: ProcessorMessage) => void;
}

/** Time constant of the fader, in seconds: too slow to click, too fast to be noticed. */
const FADE = 0.008;

/** Samples that audio threads take at once, where contexts do not say. */
const BLOCK = 128;

/** Builds it in a context, which must run at the rate of the model. */
export async function addChain(
  context: BaseAudioContext,
  network: PortableNetwork,
  { bypassed = false, reportEvery, onMessage }: ChainOptions = {},
): Promise<Chain> {
  await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
  const block = (context as { renderQuantumSize?: number }).renderQuantumSize ?? BLOCK;
  const { latency } = realtime(network, { block });

  const mono = { channelCount: 1, channelCountMode: "explicit" } as const;
  const input = new GainNode(context, mono);
  const output = new GainNode(context);
  const node = new AudioWorkletNode(context, "atrous", {
    ...mono,
    outputChannelCount: [1],
    processorOptions: { network, ...(reportEvery !== undefined && { reportEvery }) } satisfies ProcessorOptions,
  });
  if (onMessage) node.port.onmessage = ({ data }: MessageEvent<ProcessorMessage>) => onMessage(data);
  const seconds = latency / context.sampleRate;
  const delay = new DelayNode(context, { maxDelayTime: Math.max(1, 2 * seconds), delayTime: seconds });
  const wet = new GainNode(context, { gain: bypassed ? 0 : 1 });
  const dry = new GainNode(context, { gain: bypassed ? 1 : 0 });
  input.connect(node).connect(wet).connect(output);
  input.connect(delay).connect(dry).connect(output);

  return {
    ...{ input, output, latency },
    setBypass: (to) => {
      // Exponentials with one constant: the two gains add up to 1 all the time.
      wet.gain.setTargetAtTime(to ? 0 : 1, context.currentTime, FADE);
      dry.gain.setTargetAtTime(to ? 1 : 0, context.currentTime, FADE);
    },
  };
}
