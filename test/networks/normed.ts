import { nn } from "atrous";

/** The layer, its weight taken apart into length and direction if `weightNorm` says so, as published checkpoints have it. */
export function normed<L extends nn.AnyModule>(layer: L, weightNorm: boolean): L {
  return weightNorm ? nn.utils.weightNorm(layer) : layer;
}
