/**
 * What the functions of the page share. They run in a browser: the report carries their compiled text, so each of them
 * uses nothing but its arguments and what every browser has.
 */
import type uPlot from "uplot";
import type { PageData } from "../data.ts";

export interface Kit {
  uPlot: typeof uPlot;
  data: PageData;
  /** A CSS custom property of the page, read whenever it is drawn: it changes with the colour scheme. */
  colour(name: string): string;
  /** Axis options that all plots share. */
  axis(label?: string): uPlot.Axis;
  /** Keeps a plot as wide as its element, and draws it anew when the colour scheme changes. */
  attach(plot: uPlot, element: HTMLElement): void;
}

/** The samples of one signal, −1..1, at their times in seconds. */
export interface Track {
  times: Float64Array;
  samples: Float32Array;
}
