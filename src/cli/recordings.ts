import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { FormatError } from "../core/errors.ts";
import { readWav, type Wav } from "../io/wav.ts";

export interface Recording extends Wav {
  readonly path: string;
}

/** A WAV file, all of whose samples are numbers; errors name it. */
export function readRecording(path: string): Recording {
  const bytes = readFileSync(path);
  try {
    const wav = readWav(bytes);
    wav.channels.forEach((channel, c) => {
      const at = firstOdd(channel);
      if (at >= 0) throw new FormatError(`sample ${at} of channel ${c} is ${channel[at]}`);
    });
    return { path, ...wav };
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`);
    throw error;
  }
}

/** The place of the first sample that is no number, −1 if all are; as a loop, because `findIndex` takes longer than decoding. */
function firstOdd(channel: Float32Array): number {
  for (let t = 0; t < channel.length; t++) if (!Number.isFinite(channel[t])) return t;
  return -1;
}

/** One WAV file, or all below a folder, in the order of their names. They must share a sampling rate. */
export function readRecordings(path: string): Recording[] {
  if (!statSync(path).isDirectory()) return [readRecording(path)];
  const names = (readdirSync(path, { recursive: true }) as string[])
    .filter((name) => /\.wave?$/i.test(name) && !basename(name).startsWith("."))
    .sort();
  if (names.length === 0) throw new FormatError(`${path}: there is no .wav file in this folder`);
  // Links may lead to one file in several ways, or in a circle.
  const files = [...new Map(names.map((name) => [realpathSync(join(path, name)), join(path, name)])).values()];
  const recordings = files.map(readRecording);
  checkOneRate(recordings);
  return recordings;
}

/** Networks work on samples, not on seconds: mixing rates would teach them two pitches for one sound. */
export function checkOneRate(recordings: readonly Recording[]): void {
  const [first] = recordings;
  const other = recordings.find(({ sampleRate }) => sampleRate !== first?.sampleRate);
  if (first && other)
    throw new FormatError(
      `${other.path} has ${other.sampleRate} Hz and ${first.path} ${first.sampleRate} Hz; recordings must share one sampling rate`,
    );
}
