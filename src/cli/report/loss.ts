/** The loss curve made ready for a plot: thinned, smoothed, on the axis that shows it best. */
import type { Curve, PageLoss, ReportData } from "./data.ts";

/** More points than this cannot be told apart on a screen. */
const MAX_POINTS = 600;

/** From this ratio of largest to smallest loss on, a linear axis would hide the end of the training. */
const LOGARITHMIC_FROM = 8;

export function pageLoss({ label, training, validation }: ReportData["loss"]): PageLoss {
  const raw = thin(training);
  const curves: [string, Curve][] = [
    ["training", raw],
    ["training, smoothed", { steps: raw.steps, values: smooth(raw.values) }],
  ];
  if (validation) curves.push(["held out", thin(validation)]);
  const steps = [...new Set(curves.flatMap(([, curve]) => [...curve.steps]))].sort((a, b) => a - b);
  const columns = curves.map(([, curve]) => {
    const at = new Map(curve.steps.map((step, i) => [step, curve.values[i]!]));
    return steps.map((step) => finite(at.get(step)));
  });
  return { label, logRange: logRange(columns), names: curves.map(([name]) => name), steps, columns };
}

const finite = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

function logRange(columns: readonly (readonly (number | null)[])[]): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const value of columns.flat()) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > 0 && high / low >= LOGARITHMIC_FROM ? [round(low, Math.floor), round(high, Math.ceil)] : null;
}

/** To the next of 1, 2, 5, 10, 20, 50, … below (`Math.floor`) or above (`Math.ceil`): uPlot starts its ticks there. */
function round(x: number, way: (x: number) => number): number {
  const decade = 10 ** Math.floor(Math.log10(x));
  const steps = [1, 2, 5, 10];
  const fits = (step: number): boolean => (way === Math.floor ? step * decade <= x : step * decade >= x);
  return decade * ((way === Math.floor ? steps.findLast(fits) : steps.find(fits)) ?? 1);
}

/** Means over runs of neighbours, each at the last step of its run. */
function thin({ steps, values }: Curve): Curve {
  const run = Math.ceil(values.length / MAX_POINTS);
  if (run <= 1) return { steps, values };
  const thinned: { steps: number[]; values: number[] } = { steps: [], values: [] };
  for (let start = 0; start < values.length; start += run) {
    const part = values.slice(start, start + run);
    thinned.steps.push(steps[start + part.length - 1]!);
    thinned.values.push(part.reduce((sum, value) => sum + value, 0) / part.length);
  }
  return thinned;
}

/** Mean of each value and its neighbours within 2 % of the curve either way; at the ends, of those on one side alone. */
function smooth(values: readonly number[]): number[] {
  const reach = Math.ceil(values.length * 0.02);
  return values.map((_, i) => {
    const part = values.slice(Math.max(0, i - reach), i + reach + 1);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
