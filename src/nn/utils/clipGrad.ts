import { OptionError, OptionTypeError } from "../../core/errors.ts";
import { checkNumber, checkOptions, show } from "../../core/options.ts";
import { evaluateAlong } from "../../graph/evaluate.ts";
import { noGrad } from "../../graph/mode.ts";
import { Tensor } from "../../graph/tensor.ts";
import { detach } from "../../ops/detach.ts";
import { add, div, maximum, minimum, mul, pow } from "../../ops/elementwise/binary.ts";
import { scalar } from "../../ops/elementwise/operand.ts";
import { abs, sqrt } from "../../ops/elementwise/unary.ts";
import { max } from "../../ops/reduce/max.ts";
import { sum } from "../../ops/reduce/sum.ts";
import { cast } from "../../ops/shape/cast.ts";
import { stack } from "../../ops/shape/cat.ts";

/** One tensor or several; those without a gradient are passed over. */
export type Clippable = Tensor | Iterable<Tensor>;

/**
 * Scales all gradients by `min(1, maxNorm / (norm + 1e-6))`, where `norm` is the norm of all of them as one vector, and returns that
 * norm. Nothing is computed yet: it is part of what `optimizer.step()` evaluates.
 *
 * `normType` is the order of the norm, `Infinity` for the largest magnitude. Default 2.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 */
export function clipGradNorm(parameters: Clippable, maxNorm: number, options: { normType?: number } = {}): Tensor {
  checkOptions("clipGradNorm", options, ["normType"]);
  const { normType = 2 } = options;
  if (!(checkNumber("clipGradNorm", "maxNorm", maxNorm) >= 0))
    throw new OptionError(`clipGradNorm: maxNorm must be at least 0, got ${maxNorm}`);
  if (!(checkNumber("clipGradNorm", "normType", normType) > 0))
    throw new OptionError(`clipGradNorm: normType must be greater than 0, got ${normType}`);
  const owners = withGradients("clipGradNorm", parameters);
  if (owners.length === 0) return scalar(0, "float32");
  return noGrad(() => {
    const { dtype } = owners[0]!.grad;
    const norms = owners.map(({ grad }) => cast(norm(detach(grad), normType), dtype));
    const total = norm(stack(norms), normType);
    const scale = minimum(div(scalar(maxNorm, dtype), add(total, 1e-6)), 1);
    replace(owners, (grad) => mul(grad, cast(scale, grad.dtype)));
    evaluateAlong([total]);
    return total;
  });
}

/**
 * Limits every element of every gradient to `−clipValue..clipValue`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue(parameters: Clippable, clipValue: number): void {
  if (!(checkNumber("clipGradValue", "clipValue", clipValue) >= 0))
    throw new OptionError(`clipGradValue: clipValue must be at least 0, got ${clipValue}`);
  const owners = withGradients("clipGradValue", parameters);
  noGrad(() => replace(owners, (grad) => minimum(maximum(grad, -clipValue), clipValue)));
}

interface Owner extends Tensor {
  grad: Tensor;
}

function withGradients(op: string, parameters: Clippable): Owner[] {
  const given: unknown = parameters instanceof Tensor ? [parameters] : parameters;
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given) || given instanceof Map)
    throw new OptionTypeError(`${op}: expected parameters, such as net.parameters(), got ${show(given)}`);
  const tensors = new Set(given as Iterable<unknown>); // a set, so that a parameter named twice is not clipped twice
  for (const tensor of tensors)
    if (!(tensor instanceof Tensor)) throw new OptionTypeError(`${op}: expected parameters, got ${show(tensor)}`);
  const owners = [...tensors].filter((tensor) => (tensor as Tensor).grad !== null) as Owner[];
  for (const { grad } of owners)
    if (!(grad instanceof Tensor)) throw new OptionTypeError(`${op}: a gradient must be a tensor, got ${show(grad)}`);
  return owners;
}

/** Waits for the next evaluation, as the gradients it replaces do. */
function replace(owners: readonly Owner[], clip: (grad: Tensor) => Tensor): void {
  for (const owner of owners) {
    owner.grad = clip(detach(owner.grad));
    evaluateAlong([owner.grad.node()]);
  }
}

/** `(Σ |x|ᵖ)^(1/p)` */
function norm(x: Tensor, p: number): Tensor {
  if (p === 2) return sqrt(sum(mul(x, x)));
  if (p === 1) return sum(abs(x));
  if (p === Number.POSITIVE_INFINITY) return max(abs(x));
  return pow(sum(pow(abs(x), p)), 1 / p);
}
