import type uPlot from "uplot";
import type { Kit } from "./kit.ts";

/** Draws the loss: each step faint, its running mean strong, held-out values as points. */
export function drawLoss({ uPlot: Plot, data, colour, axis, attach }: Kit, element: HTMLElement): void {
  const { loss } = data;
  const looks: uPlot.Series[] = [
    { stroke: () => colour("--faint"), width: 1 },
    { stroke: () => colour("--accent"), width: 2 },
    { stroke: () => colour("--second"), width: 1.5, points: { show: true, size: 6 } },
  ];
  const plot = new Plot(
    {
      width: element.clientWidth,
      height: element.clientHeight - 40, // the legend takes the rest
      cursor: { y: false, drag: { x: true, y: false } },
      legend: { live: false },
      scales: { x: { time: false }, y: loss.logRange ? { distr: 3, range: loss.logRange } : {} },
      axes: [axis("training step"), { ...axis(loss.label), size: 64 }],
      series: [{ label: "step" }, ...loss.names.map((label, i) => ({ ...looks[i], label, spanGaps: true }))],
    },
    [loss.steps, ...loss.columns],
    element,
  );
  attach(plot, element);
}
