import { GraphError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { checkOptions } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { evaluateAlong, releaseAfterEvaluation } from "../graph/evaluate.ts";
import { checkDifferentiable, differentiate, gradientLeaves } from "../graph/gradients.ts";
import { enableGrad, noGrad } from "../graph/mode.ts";
import type { Tensor } from "../graph/tensor.ts";
import { ones, zeros } from "./create.ts";
import { add } from "./elementwise/binary.ts";
import { checkTensor } from "./elementwise/operand.ts";

/**
 * The gradients of `loss` with respect to each tensor of `wrt`, as ordinary tensors that can be differentiated again. A tensor
 * on which the loss does not depend gets zeros.
 *
 * `gradOutput` weighs the elements of a `loss` that is not a single number: the result is the gradient of `Σ loss · gradOutput`.
 *
 * @throws GraphError when a tensor of `wrt` neither requires grad nor is part of the graph
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[], options: { gradOutput?: Tensor } = {}): Tensor[] {
  checkTensor("gradients", loss);
  checkOptions("gradients", options, ["gradOutput"]);
  if (!Array.isArray(wrt)) throw new OptionTypeError("gradients: the second argument must be an array of tensors");
  for (const x of wrt) checkTensor("gradients", x);
  const root = loss.node();
  checkDifferentiable("gradients", root);
  const nodes = wrt.map((x) => x.node());
  const found = enableGrad(() => differentiate(root, seed("gradients", loss, options.gradOutput), new Set(nodes), add));
  return nodes.map((node, i) => {
    const gradient = found.get(node);
    if (!gradient && !node.requiresGrad)
      throw new GraphError(
        `gradients: tensor ${i} of wrt is not part of the graph; create it with { requiresGrad: true } before it is used`,
      );
    return gradient ?? zeros(node.shape, { dtype: node.dtype });
  });
}

export interface BackwardOptions {
  /** Weighs the elements of a tensor that is not a single number. */
  gradient?: Tensor;
  /** Keeps the graph, so that `backward()` may be called again. Default: the value of `createGraph`. */
  retainGraph?: boolean;
  /** Makes the gradients differentiable themselves. Default false. */
  createGraph?: boolean;
}

/**
 * Adds the gradient of `loss` to `.grad` of every parameter and every tensor with `requiresGrad` that it depends on. Nothing is
 * computed yet: loss and gradients are evaluated together, when the first of them is asked for.
 */
export function backward(loss: Tensor, options: BackwardOptions = {}): void {
  checkTensor("backward", loss);
  checkOptions("backward", options, ["gradient", "retainGraph", "createGraph"]);
  const { createGraph = false, retainGraph = createGraph } = options;
  const root = loss.node();
  checkDifferentiable("backward", root);
  const leaves = gradientLeaves(root);
  (createGraph ? enableGrad : noGrad)(() => {
    const found = differentiate(root, seed("backward", loss, options.gradient), leaves, add);
    for (const [node, gradient] of found) {
      const { owner } = node;
      owner.grad = owner.grad ? add(owner.grad, gradient) : gradient;
      evaluateAlong([owner.grad.node()]);
    }
  });
  evaluateAlong([root]);
  if (!retainGraph) releaseAfterEvaluation(root);
}

function seed(op: string, loss: Tensor, weights: Tensor | undefined): Tensor {
  if (!weights) {
    if (loss.size === 1) return ones(loss.shape, { dtype: loss.dtype });
    throw new ShapeError(
      `${op}: expected a loss of one element, got shape ${showShape(loss.shape)}; reduce it with .sum() or .mean(), or give the weights of its elements`,
    );
  }
  checkTensor(op, weights);
  if (!sameShape(weights.shape, loss.shape))
    throw new ShapeError(`${op}: weights of shape ${showShape(weights.shape)} do not fit ${showShape(loss.shape)}`);
  return weights;
}
