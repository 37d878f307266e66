import type { Tensor } from "../../graph/tensor.ts";

/** What MindSpore's optimisers keep for every parameter, under its name after one of these, and what they keep once. */
const SLOTS = [
  "moment1.",
  "moment2.",
  "moments.",
  "accum.",
  "stat.",
  "mean_square.",
  "inner_moment.",
  "opt_moment1.",
  "opt_moment2.",
];
const NUMBERS = new Set(["global_step", "learning_rate", "momentum", "weight_decay", "beta1_power", "beta2_power"]);

/** The tensors of a MindSpore checkpoint without those of an optimiser. */
export function withoutSlots(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const isSlot = (name: string): boolean =>
    SLOTS.some((slot) => name.startsWith(slot) && tensors.has(name.slice(slot.length)));
  const kept = Array.from(tensors).filter(([name, { size }]) => !isSlot(name) && !(NUMBERS.has(name) && size === 1));
  return new Map(kept);
}
