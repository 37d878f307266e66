import type uPlot from "uplot";
import type { PageData } from "../data.ts";
import type { Kit } from "./kit.ts";
import type { drawLoss } from "./loss.ts";
import type { followPlayback } from "./playhead.ts";
import type { drawSpectrogram } from "./spectrogram.ts";
import type { readTrack } from "./track.ts";
import type { drawWaveform } from "./waveform.ts";

/** The functions that the page is made of, by name. */
export interface PageParts {
  drawLoss: typeof drawLoss;
  drawSpectrogram: typeof drawSpectrogram;
  drawWaveform: typeof drawWaveform;
  followPlayback: typeof followPlayback;
  readTrack: typeof readTrack;
}

/** Fills the page: every `figure` of an example holds one signal as audio, waveform and spectrogram. */
export function startPage(Plot: typeof uPlot, parts: PageParts): void {
  const data: PageData = JSON.parse(document.getElementById("data")!.textContent!);
  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const kit: Kit = {
    uPlot: Plot,
    data,
    colour,
    axis: (label) => ({
      ...(label ? { label, labelFont: font, labelSize: 18, labelGap: 0 } : {}),
      font,
      size: 26,
      gap: 4,
      stroke: () => colour("--muted"),
      grid: { stroke: () => colour("--line"), width: 1 },
      ticks: { stroke: () => colour("--line"), width: 1, size: 4 },
    }),
    attach(plot, element) {
      new ResizeObserver(() => {
        if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: plot.height });
      }).observe(element);
      dark.addEventListener("change", () => plot.redraw());
    },
  };

  parts.drawLoss(kit, document.getElementById("loss")!);
  for (const [e, example] of document.querySelectorAll(".example").entries()) {
    const figures = [...example.querySelectorAll("figure")];
    const tracks = figures.map((figure) => parts.readTrack(figure.querySelector("audio")!));
    let peak = 0.01;
    for (const { samples } of tracks) for (const x of samples) peak = Math.max(peak, Math.abs(x));
    for (const [i, figure] of figures.entries()) {
      const track = tracks[i]!;
      const group = `example ${e}`;
      const duration = (track.times.at(-1) ?? 0) + (track.times[1] ?? 0);
      const wave = parts.drawWaveform(kit, figure.querySelector(".waveform")!, track, 1.05 * peak, group);
      const target = figure.querySelector<HTMLElement>(".spectrogram")!;
      const picture = parts.drawSpectrogram(kit, target, data.spectrograms[e]![i]!, duration, group);
      parts.followPlayback(figure.querySelector("audio")!, [wave, picture]);
    }
  }
}
