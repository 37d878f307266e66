import { zeros } from "../create.ts";
import { gru } from "./gru.ts";
import { inputGates, type RecurrentLayer } from "./inputGates.ts";

/** One layer of a GRU in one direction, in PyTorch's form. */
export const gruLayer: RecurrentLayer = (x, { weightIh, weightHh, biases }, initial) => {
  const bias = biases[1] ?? zeros(weightHh.shape.slice(0, 1), { dtype: x.dtype });
  return gru(inputGates(x, weightIh, biases.slice(0, 1)), weightHh, bias, initial);
};
