import { DTypeError, GraphError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { checkBoolean, checkOptions } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { evaluateAlong, releaseAfterEvaluation } from "../graph/evaluate.ts";
import { checkNotReleased, differentiate, gradientLeaves } from "../graph/gradients.ts";
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
  checkNotReleased("gradients", root);
  const owners = wrt.map((x) => x.node().owner);
  const found = enableGrad(() =>
    differentiate(root, seed("gradients", loss, options.gradOutput), new Set(owners), add),
  );
  if (!root.requiresGrad && !root.tracked) throw nothingToDifferentiate("gradients");
  return owners.map((x, i) => {
    const gradient = found.get(x);
    if (!gradient && !x.requiresGrad)
      throw new GraphError(
        `gradients: tensor ${i} of wrt is not part of the graph; create it with { requiresGrad: true } before it is used`,
      );
    return gradient ?? zeros(x.shape, { dtype: x.dtype });
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
  checkBoolean("backward", "createGraph", createGraph);
  checkBoolean("backward", "retainGraph", retainGraph);
  const root = loss.node();
  checkNotReleased("backward", root);
  if (!root.requiresGrad) throw nothingToDifferentiate("backward");
  const leaves = gradientLeaves(root);
  (createGraph ? enableGrad : noGrad)(() => {
    const found = differentiate(root, seed("backward", loss, options.gradient), leaves, add);
    for (const [owner, gradient] of found) {
      owner.grad = owner.grad ? add(owner.grad, gradient) : gradient;
      evaluateAlong([owner.grad.node()]);
    }
  });
  evaluateAlong([root]);
  if (!retainGraph) releaseAfterEvaluation(root);
}

const nothingToDifferentiate = (op: string): GraphError =>
  new GraphError(
    `${op}: the loss depends on nothing that requires grad: no parameter and no tensor made with { requiresGrad: true }, or only under noGrad or through detach`,
  );

function seed(op: string, loss: Tensor, weights: Tensor | undefined): Tensor {
  if (weights === undefined) {
    if (loss.size === 1) return ones(loss.shape, { dtype: loss.dtype });
    throw new ShapeError(
      `${op}: expected a loss of one element, got shape ${showShape(loss.shape)}; reduce it with .sum() or .mean(), or give the weights of its elements`,
    );
  }
  checkTensor(op, weights);
  if (!sameShape(weights.shape, loss.shape))
    throw new ShapeError(`${op}: weights of shape ${showShape(weights.shape)} do not fit ${showShape(loss.shape)}`);
  if (weights.dtype !== loss.dtype)
    throw new DTypeError(`${op}: ${weights.dtype} weights do not fit a ${loss.dtype} loss`);
  return weights;
}
