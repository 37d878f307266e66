import { readWav } from "../../io/wav.ts";
import type { Inspect } from "./inspection.ts";
import { counted } from "./words.ts";

/** A recording: how long it is, and how loud, channel by channel. */
export const wav: Inspect = (bytes) => {
  const { sampleRate, channels } = readWav(bytes);
  const length = channels[0]?.length ?? 0;
  const levels = channels.map(levelOf);
  return {
    data: { sampleRate, channels: channels.length, length, seconds: length / sampleRate, levels },
    lines: () => [
      `${sampleRate} Hz, ${counted(channels.length, "channel")}, ${counted(length, "sample")} (${(length / sampleRate).toFixed(2)} s)`,
      ...levels.map(
        ({ peak, rms, odd }, c) =>
          `channel ${c + 1}: peak ${levelText(peak)}, RMS ${levelText(rms)}${odd > 0 ? `, ${counted(odd, "sample")} that are no numbers` : ""}`,
      ),
    ],
  };
};

interface Level {
  readonly peak: number;
  readonly rms: number;
  /** Samples that are NaN or infinite. */
  readonly odd: number;
}

function levelOf(samples: Float32Array): Level {
  let [peak, squares, odd] = [0, 0, 0];
  for (const sample of samples) {
    if (!Number.isFinite(sample)) {
      odd++;
      continue;
    }
    peak = Math.max(peak, Math.abs(sample));
    squares += sample * sample;
  }
  const count = samples.length - odd;
  return { peak, rms: count > 0 ? Math.sqrt(squares / count) : 0, odd };
}

const levelText = (level: number): string =>
  level > 0 ? `${level.toPrecision(4)} (${(20 * Math.log10(level)).toFixed(1)} dBFS)` : "0";
