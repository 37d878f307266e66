import type uPlot from "uplot";
import type { PageSpectrogram } from "../data.ts";
import type { Kit } from "./kit.ts";

/** Draws a spectrogram: the cells as a picture, stretched between the axes of an otherwise empty plot. */
export function drawSpectrogram(
  { uPlot: Plot, data, axis, attach }: Kit,
  element: HTMLElement,
  { frames, bins, frameStep, binStep, levels }: PageSpectrogram,
  duration: number,
  group: string,
): uPlot {
  const stops = data.colours.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const table = Array.from({ length: 256 }, (_, level) => {
    const place = (level / 255) * (stops.length - 1);
    const stop = Math.min(stops.length - 2, Math.floor(place));
    return stops[stop]!.map((low, i) => low + (place - stop) * (stops[stop + 1]![i]! - low));
  });

  const bytes = atob(levels);
  const picture = document.createElement("canvas");
  picture.width = frames;
  picture.height = bins;
  const context = picture.getContext("2d")!;
  const image = context.createImageData(frames, bins);
  for (let f = 0; f < frames; f++) {
    for (let b = 0; b < bins; b++) {
      const colour = table[bytes.charCodeAt(f * bins + b)]!;
      image.data.set([...colour, 255], 4 * ((bins - 1 - b) * frames + f));
    }
  }
  context.putImageData(image, 0, 0);

  /** A cell reaches half a step to each side of its centre. */
  const paint = (plot: uPlot): void => {
    const { left, top, width, height } = plot.bbox;
    const x = plot.valToPos(-frameStep / 2, "x", true);
    const right = plot.valToPos((frames - 0.5) * frameStep, "x", true);
    const y = plot.valToPos((bins - 0.5) * binStep, "y", true);
    const bottom = plot.valToPos(-binStep / 2, "y", true);
    plot.ctx.save();
    plot.ctx.beginPath();
    plot.ctx.rect(left, top, width, height);
    plot.ctx.clip();
    plot.ctx.drawImage(picture, x, y, right - x, bottom - y);
    plot.ctx.restore();
  };

  const plain = { grid: { show: false } };
  const plot = new Plot(
    {
      width: element.clientWidth,
      height: 230,
      padding: [6, 6, 0, 0],
      cursor: { sync: { key: group }, points: { show: false }, drag: { x: true, y: false } },
      legend: { show: false },
      scales: { x: { time: false, range: (_, min, max) => [min, max] }, y: { range: [0, bins * binStep] } },
      axes: [
        { ...axis("time (s)"), ...plain },
        { ...axis("frequency (kHz)"), ...plain, size: 34 },
      ],
      series: [{}, { stroke: "transparent" }],
      hooks: { drawClear: [paint] },
    },
    [
      [0, duration],
      [null, null],
    ],
    element,
  );
  attach(plot, element);
  return plot;
}
