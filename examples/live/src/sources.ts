/** Where the sound comes from. */
import { microphoneTrouble, PlainError } from "./errors.ts";
import { bufferOf } from "./offline.ts";

/** A source that has been opened in a context. */
export interface Source {
  readonly node: AudioNode;
  close(): void;
}

export type OpenSource = (context: AudioContext) => Promise<Source>;

/** A signal at the rate of the context, again and again. */
export const loop =
  (signal: Float32Array<ArrayBuffer>): OpenSource =>
  async (context) => {
    const node = new AudioBufferSourceNode(context, { buffer: bufferOf(signal, context.sampleRate), loop: true });
    node.start();
    return { node, close: () => node.stop() };
  };

/** The microphone as it is: the browser's own ways against noise and echo are off. */
export const microphone: OpenSource = async (context) => {
  if (!navigator.mediaDevices) throw new PlainError("Browsers lend microphones only to https and http://localhost.");
  const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: off }).catch((error: unknown) => {
    throw microphoneTrouble(error);
  });
  const close = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    return { node: new MediaStreamAudioSourceNode(context, { mediaStream: stream }), close };
  } catch {
    close();
    throw new PlainError(
      `This browser cannot bring the microphone to the model's ${context.sampleRate} Hz. Try another browser, or play a file.`,
    );
  }
};

/** The sound in a file, mixed to one channel and resampled to `sampleRate`. @throws PlainError for what is no sound */
export async function decode(file: File, sampleRate: number): Promise<Float32Array<ArrayBuffer>> {
  const context = new OfflineAudioContext(1, 1, sampleRate);
  const buffer = await context.decodeAudioData(await file.arrayBuffer()).catch(() => {
    throw new PlainError(`${file.name} is not a sound file that this browser can read.`);
  });
  const mixed = new Float32Array(buffer.length);
  for (let c = 0; c < buffer.numberOfChannels; c++) {
    const channel = buffer.getChannelData(c);
    for (let t = 0; t < mixed.length; t++) mixed[t]! += channel[t]! / buffer.numberOfChannels;
  }
  return mixed;
}
