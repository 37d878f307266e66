/** atrous' operations and functions in ONNX's words, by name. */
import type { Row, Rows } from "../row.ts";
import { biased, convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { functions } from "./functions.ts";
import { movement } from "./movement.ts";
import { recurrent, statesOf } from "./recurrent.ts";
import { reductions } from "./reductions.ts";

/** The first that has words for a site is taken. */
const either =
  (...rows: readonly Row[]): Row =>
  (site) => {
    for (const row of rows) {
      const emission = row(site);
      if (emission) return emission;
    }
    return null;
  };

const operations: Rows = {
  ...convolution,
  ...elementwise,
  ...movement,
  ...recurrent,
  ...reductions,
  add: either(biased, elementwise.add!),
  gather: either(statesOf, movement.gather!),
};

export const rowOf = (name: string): Row | undefined =>
  Object.hasOwn(operations, name) ? operations[name] : undefined;

export const functionRowOf = (name: string): Row | undefined =>
  Object.hasOwn(functions, name) ? functions[name] : undefined;
