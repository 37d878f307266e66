import type { KernelCall } from "../core/kernels.ts";
import { sizeOf } from "../core/shape.ts";
import type { Op } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { isInOrder } from "./axes.ts";
import { isLeaf } from "./leaves.ts";
import type { Leaf, Value } from "./plan.ts";

/** A kernel with what it reads and what it makes. */
export interface Definition {
  readonly call: Exclude<KernelCall, { kernel: "alias" }>;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** A graph as kernels over numbered arrays. Shapes are only in the kernels' integers: an array is its elements in their order. */
export interface Lowered {
  readonly values: readonly Value[];
  readonly leaves: readonly Leaf[];
  /** In order; the leaves are not among them. */
  readonly definitions: readonly Definition[];
  readonly outputs: readonly number[];
}

/** Every node as its kernel; a node that only gives an array another shape becomes the same array. */
export function lower(
  order: readonly Tensor[],
  outputs: readonly Tensor[],
  isFixed: (leaf: Tensor) => boolean,
): Lowered {
  const values: Value[] = [];
  const leaves: Leaf[] = [];
  const definitions: Definition[] = [];
  const numbers = new Map<Tensor, number>();
  for (const node of order) {
    const { dtype, size } = node;
    if (isLeaf(node)) {
      const fixed = isFixed(node);
      leaves.push({ value: values.length, fixed });
      numbers.set(node, values.push({ dtype, size, fixed }) - 1);
      continue;
    }
    const call = (node.op as unknown as Op<unknown>).lower(node, node.attributes);
    const inputs = node.inputs.map((input) => numbers.get(input)!);
    if (call.kernel === "alias" || movesNothing(call, values[inputs[0]!]!.size)) {
      numbers.set(node, inputs[0]!);
      continue;
    }
    const fixed = inputs.every((input) => values[input]!.fixed);
    const output = values.push({ dtype, size, fixed }) - 1;
    definitions.push({ call, inputs, output });
    numbers.set(node, output);
  }
  return { values, leaves, definitions, outputs: outputs.map((node) => numbers.get(node)!) };
}

/** Whether a copy of `size` elements has them in the same order: a transposition where only one of the axes is longer than 1. */
const movesNothing = ({ kernel, attributes }: KernelCall, size: number): boolean =>
  kernel === "copy" && sizeOf(attributes.shape) === size && isInOrder(attributes.strides, attributes.shape);
