import type { KernelCall } from "../core/kernels.ts";
import type { Tensor } from "./tensor.ts";

/**
 * What the graph knows about an operation. One constant object per operation; nodes refer to it.
 *
 * `Attributes` are in the operation's own words (a crop has a start and a length), so that readers of the graph such as streaming
 * or ONNX export understand it; `lower` turns them into the plain integers of a kernel.
 */
export interface Op<Attributes = never> {
  readonly name: string;
  readonly lower: (node: Tensor, attributes: Attributes) => KernelCall;
  /**
   * The gradients of the inputs, given the gradient `g` of the output: built from other operations, hence differentiable again.
   * An input without one (an index) gets `null`. The whole is `null` for operations that let no gradient through.
   */
  readonly gradient: ((node: Tensor, g: Tensor, attributes: Attributes) => (Tensor | null)[]) | null;
}

/** An op of any attributes, as a node holds it. */
export type AnyOp = Op<never>;
