import { inputGates, type RecurrentLayer } from "./inputGates.ts";
import { lstm } from "./lstm.ts";

/** One layer of an LSTM in one direction. Its states are h, then c. */
export const lstmLayer: RecurrentLayer = (x, { weightIh, weightHh, biases }, initial) =>
  lstm(inputGates(x, weightIh, biases), weightHh, initial);
