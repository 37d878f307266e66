/**
 * The script of the page: the text of compiled functions, so that it is checked and formatted like all other code and
 * the page needs no file beside it.
 */
import { drawLoss } from "./client/loss.ts";
import { type PageParts, startPage } from "./client/page.ts";
import { followPlayback } from "./client/playhead.ts";
import { drawSpectrogram } from "./client/spectrogram.ts";
import { readTrack } from "./client/track.ts";
import { drawWaveform } from "./client/waveform.ts";

const PARTS: PageParts = { drawLoss, drawSpectrogram, drawWaveform, followPlayback, readTrack };

/** Expects uPlot to be there as `uPlot`. */
export function pageScript(): string {
  const parts = Object.entries(PARTS).map(([name, part]) => `${name}: ${part}`);
  return `(${startPage})(uPlot, {\n${parts.join(",\n")}\n});`;
}
