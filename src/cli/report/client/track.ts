import type { Track } from "./kit.ts";

/** The samples that an audio element plays: a data URL of a WAV file with 16-bit PCM behind a header of 44 bytes. */
export function readTrack(audio: HTMLAudioElement): Track {
  const text = atob(audio.src.slice(audio.src.indexOf(",") + 1));
  const view = new DataView(Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer);
  const sampleRate = view.getUint32(24, true);
  const length = (view.byteLength - 44) / 2;
  const times = new Float64Array(length);
  const samples = new Float32Array(length);
  for (let t = 0; t < length; t++) {
    times[t] = t / sampleRate;
    samples[t] = view.getInt16(44 + 2 * t, true) / 32768;
  }
  return { times, samples };
}
