import type { Tensor } from "../graph/tensor.ts";

/** Whether a node is given rather than computed: it has a value (whatever made it), or nothing makes it (a placeholder). */
export const isLeaf = (node: Tensor): boolean => node.value !== null || node.op === null;

/** The nodes of `order` that are given, in the order of `Plan.leaves`. */
export const leavesOf = (order: readonly Tensor[]): Tensor[] => order.filter(isLeaf);
