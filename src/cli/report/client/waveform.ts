import type uPlot from "uplot";
import type { Kit, Track } from "./kit.ts";

/** Draws a waveform between −peak and peak. Plots with the same `group` zoom and point together. */
export function drawWaveform(
  { uPlot: Plot, colour, axis, attach }: Kit,
  element: HTMLElement,
  track: Track,
  peak: number,
  group: string,
): uPlot {
  const plot = new Plot(
    {
      width: element.clientWidth,
      height: 120,
      padding: [6, 6, 0, 0],
      cursor: { y: false, sync: { key: group }, points: { show: false }, drag: { x: true, y: false } },
      legend: { show: false },
      scales: { x: { time: false }, y: { range: [-peak, peak] } },
      axes: [
        { ...axis(""), show: false },
        { ...axis(""), size: 52, space: 28, grid: { show: false } },
      ],
      series: [{}, { stroke: () => colour("--accent"), width: 1, points: { show: false } }],
    },
    [track.times, track.samples] as unknown as uPlot.AlignedData,
    element,
  );
  attach(plot, element);
  return plot;
}
