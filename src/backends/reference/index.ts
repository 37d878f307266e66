/**
 * The reference backend: readable loops in plain TypeScript. It is the specification of every kernel, the right-hand side of
 * every kernel test, and the fallback where nothing faster may run.
 */
import { allocate, type TypedArray } from "../../core/dtype.ts";
import type { Kernels } from "../../core/kernels.ts";
import type { Backend } from "../../graph/backend.ts";
import type { Op } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { conv1d } from "./conv1d.ts";
import { conv1dInput } from "./conv1dInput.ts";
import { conv1dWeight } from "./conv1dWeight.ts";
import { elementwise } from "./elementwise.ts";
import { cast, concat, copy, gather, scatterAdd } from "./movement.ts";
import { sum } from "./sum.ts";
import { argmaxWindow, put, take } from "./window.ts";

/** Fills `out`, which arrives full of zeros. */
export type ReferenceKernel<A> = (attributes: A, inputs: readonly TypedArray[], out: TypedArray) => void;

const kernels: { readonly [K in keyof Omit<Kernels, "alias">]: ReferenceKernel<Kernels[K]> } = {
  conv1d,
  conv1dInput,
  conv1dWeight,
  gather,
  scatterAdd,
  copy,
  elementwise,
  sum,
  concat,
  argmaxWindow,
  take,
  put,
  cast,
};

export function reference(): Backend {
  return { name: "reference", synchronous: true, run };
}

function run(order: readonly Tensor[], outputs: readonly Tensor[]): TypedArray[] {
  const values = new Map<Tensor, TypedArray>();
  const uses = countUses(order, outputs);
  for (const node of order) {
    if (node.value) {
      values.set(node, node.value);
      continue;
    }
    values.set(
      node,
      compute(
        node,
        node.inputs.map((input) => values.get(input)!),
      ),
    );
    for (const input of node.inputs) {
      const left = uses.get(input)! - 1;
      uses.set(input, left);
      if (left === 0) values.delete(input); // so that memory is bounded by the widest part of the graph, not its length
    }
  }
  return outputs.map((node) => values.get(node)!);
}

function compute(node: Tensor, inputs: readonly TypedArray[]): TypedArray {
  const call = (node.op as unknown as Op<unknown>).lower(node, node.attributes);
  if (call.kernel === "alias") return inputs[0]!;
  const out = allocate(node.dtype, node.size);
  (kernels[call.kernel] as ReferenceKernel<unknown>)(call.attributes, inputs, out);
  return out;
}

function countUses(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>(outputs.map((node) => [node, 1]));
  for (const node of order)
    if (!node.value) for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  return uses;
}
