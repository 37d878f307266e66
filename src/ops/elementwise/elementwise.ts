import type { ScalarFunction } from "../../core/kernels.ts";
import { broadcastShapes, broadcastStrides } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { sumTo } from "../reduce/sum.ts";

/** The gradients of a function of scalars, from the incoming gradient `g`, its inputs and its output, all broadcast. */
type ScalarGradient = (g: Tensor, inputs: readonly Tensor[], output: Tensor) => (Tensor | null)[];

export type ElementwiseOp = Op<undefined>;

/** An operation that applies one function of the kernel list to every element of its broadcast inputs. */
export function elementwiseOp(fn: ScalarFunction, gradient: ScalarGradient | null): ElementwiseOp {
  return {
    name: fn,
    lower: ({ shape, inputs }) => ({
      kernel: "elementwise",
      attributes: { fn, shape, strides: inputs.map((input) => broadcastStrides(input.shape, shape)) },
    }),
    gradient:
      gradient &&
      ((node, g) => gradient(g, node.inputs, node).map((part, i) => part && sumTo(part, node.inputs[i]!.shape))),
  };
}

/** Applies an elementwise operation to tensors of one dtype. */
export function applyElementwise(op: ElementwiseOp, inputs: readonly Tensor[]): Tensor {
  const shape = broadcastShapes(op.name, ...inputs.map((input) => input.shape));
  return makeNode(op, inputs, undefined, shape, inputs[inputs.length - 1]!.dtype);
}
