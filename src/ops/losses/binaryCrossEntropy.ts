import type { TypedArray } from "../../core/dtype.ts";
import { OptionError } from "../../core/errors.ts";
import { isGiven } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { logOnePlusExp } from "../activations/softplus.ts";
import { detach } from "../detach.ts";
import { add, div, less, maximum, mul, sub } from "../elementwise/binary.ts";
import { log, log1p, neg } from "../elementwise/unary.ts";
import { where } from "../elementwise/where.ts";
import { asWeights, checkPair, type Numbers } from "./operands.ts";
import { checkReduction, type LossOptions, reduce } from "./reduction.ts";

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** Factors of the elements' losses, broadcast to the input. */
  weight?: Tensor | Numbers | null;
}

export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Factors of the targets, broadcast to the input: more than 1 asks for recall, less for precision. */
  posWeight?: Tensor | Numbers | null;
}

/**
 * `−(t·log x + (1−t)·log(1−x))` for probabilities x in 0..1, each logarithm at least −100; NaN outside.
 *
 * The gradient is `(x−t) / max(x·(1−x), 1e-12)`, as in PyTorch: finite also where a sigmoid has rounded to 0 or 1. Prefer
 * `binaryCrossEntropyWithLogits`, which never gets there.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 * @throws OptionError for an input outside 0..1, if its numbers are already known; ShapeError, DTypeError
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  const reduction = checkReduction("binaryCrossEntropy", options, ["weight"]);
  checkPair("binaryCrossEntropy", input, target);
  const inside = less(LEAST_VARIANCE, mul(input, sub(1, input)));
  const fixed = detach(input);
  const x = where(inside, input, fixed); // gradients pass the logarithms where they are tame
  const ofOne = maximum(log(x), LEAST_LOG);
  const ofZero = maximum(log1p(neg(x)), LEAST_LOG);
  const losses = neg(add(mul(target, ofOne), mul(sub(1, target), ofZero)));
  const slope = div(sub(fixed, target), LEAST_VARIANCE);
  const edge = where(inside, 0, mul(sub(input, fixed), detach(slope))); // 0, with the gradient of the ends
  const all = weighted("binaryCrossEntropy", add(losses, edge), input, options);
  checkProbabilities(input.node().value); // last, because it reads every number
  return reduce(all, reduction);
}
const LEAST_LOG = -100;
const LEAST_VARIANCE = 1e-12;

function checkProbabilities(values: TypedArray | null): void {
  const wrong = (values as Float64Array | null)?.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined)
    throw new OptionError(
      `binaryCrossEntropy: the input must be probabilities in 0..1, got ${wrong}; logits are for binaryCrossEntropyWithLogits`,
    );
}

/**
 * `−(posWeight·t·log σ(x) + (1−t)·log(1 − σ(x)))` for logits x, without computing σ: nothing overflows, nothing cancels.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  const op = "binaryCrossEntropyWithLogits";
  const reduction = checkReduction(op, options, ["weight", "posWeight"]);
  checkPair(op, input, target);
  const ofOne = mul(target, logOnePlusExp(neg(input)));
  const { posWeight } = options;
  const positive = isGiven(posWeight) ? mul(ofOne, asWeights(op, "posWeight", posWeight, input)) : ofOne;
  const losses = add(positive, mul(sub(1, target), logOnePlusExp(input)));
  return reduce(weighted(op, losses, input, options), reduction);
}

function weighted(op: string, losses: Tensor, input: Tensor, { weight }: BinaryCrossEntropyOptions): Tensor {
  return isGiven(weight) ? mul(losses, asWeights(op, "weight", weight, input)) : losses;
}
