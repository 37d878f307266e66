/**
 * The reference backend: readable loops in plain TypeScript. It is the specification of every kernel, the right-hand side of
 * every kernel test, and the fallback where nothing faster may run.
 */
import { allocate, type TypedArray } from "../../core/dtype.ts";
import type { Backend } from "../../graph/backend.ts";
import type { Op } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { runKernel } from "./kernels.ts";

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
  runKernel(call, inputs, out);
  return out;
}

function countUses(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>(outputs.map((node) => [node, 1]));
  for (const node of order)
    if (!node.value) for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  return uses;
}
