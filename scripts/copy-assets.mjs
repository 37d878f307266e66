/** What the built package needs beside the compiled sources: uPlot for the report page, with its licence. */
import { copyFileSync, mkdirSync } from "node:fs";

const from = new URL("../node_modules/uplot/", import.meta.url);
const to = new URL("../dist/cli/report/uplot/", import.meta.url);

mkdirSync(to, { recursive: true });
for (const [source, name] of [
  ["dist/uPlot.iife.min.js", "uPlot.iife.min.js"],
  ["dist/uPlot.min.css", "uPlot.min.css"],
  ["LICENSE", "LICENSE"],
]) {
  copyFileSync(new URL(source, from), new URL(name, to));
}
