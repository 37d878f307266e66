/** uPlot, which draws the plots (MIT): beside this file once built, in node_modules when run from the sources. */
import { readFileSync } from "node:fs";

const PLACES: readonly URL[] = [
  new URL("./uplot/", import.meta.url),
  new URL("../../../node_modules/uplot/dist/", import.meta.url),
];

export interface PlotLibrary {
  script: string;
  style: string;
  licence: string;
}

export function plotLibrary(): PlotLibrary {
  return {
    script: read("uPlot.iife.min.js"),
    style: read("uPlot.min.css"),
    licence: read("LICENSE", "../LICENSE"),
  };
}

/** The first of the names that exists in the first place that has one. */
function read(...names: string[]): string {
  let failure: unknown;
  for (const place of PLACES) {
    for (const name of names) {
      try {
        return readFileSync(new URL(name, place), "utf8");
      } catch (error) {
        failure = error;
      }
    }
  }
  throw failure;
}
