/**
 * Functions that leave positive numbers (nearly) as they are and treat the others apart. At 0 all of them have the slope of the
 * negative side, as in PyTorch. `relu` itself is a kernel.
 */
import { ShapeError } from "../../core/errors.ts";
import { checkReal } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { equal, less, mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { expm1 } from "../elementwise/unary.ts";
import { where } from "../elementwise/where.ts";
import { reshape } from "../shape/reshape.ts";

/** `x` where x > 0, `negativeSlope · x` elsewhere. */
export function leakyRelu(x: Tensor, negativeSlope = 0.01): Tensor {
  checkFloatTensor("leakyRelu", x);
  const slope = checkReal("leakyRelu", "negativeSlope", negativeSlope);
  return composed("leakyRelu", [x], { slope }, where(less(0, x), x, mul(x, slope)));
}

/** `x` where x > 0, `alpha · (eˣ − 1)` elsewhere. Clevert et al. 2016, https://arxiv.org/abs/1511.07289 */
export function elu(x: Tensor, alpha = 1): Tensor {
  checkFloatTensor("elu", x);
  const negative = less(x, 0); // a NaN is not
  // The exponent of a large x would overflow on the side that is not chosen, and turn its zero gradient into a NaN.
  const curve = mul(expm1(where(negative, x, 0)), checkReal("elu", "alpha", alpha));
  // At 0 itself the slope is alpha and the second derivative 0, as in PyTorch: a point of a straight line.
  return composed(
    "elu",
    [x],
    { alpha },
    where(negative, curve, alpha === 1 ? x : mul(x, where(equal(x, 0), alpha, 1))),
  );
}

/**
 * `scale · elu(x, alpha)` with the two numbers that keep mean 0 and variance 1 through layers of such units.
 * Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 */
export function selu(x: Tensor): Tensor {
  checkFloatTensor("selu", x);
  return mul(elu(x, SELU_ALPHA), SELU_SCALE);
}
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/**
 * `x` where x > 0, `weight · x` elsewhere, with one learned weight for all or one for each channel.
 *
 * Shapes: x of any, weight `(1)`, `()` or `(C)` where C is the length of axis 1 of x (also of an x without batch, as in PyTorch).
 * He et al. 2015, https://arxiv.org/abs/1502.01852
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkFloatTensor("prelu", x);
  checkFloatTensor("prelu", weight);
  const channels = x.shape[1] ?? 1;
  if (weight.rank > 1 || (weight.size !== 1 && weight.size !== channels))
    throw new ShapeError(
      `prelu: weight of shape ${showShape(weight.shape)} must hold 1 number or one for each of the ${channels} channels on axis 1 of x ${showShape(x.shape)}`,
    );
  const slope = weight.size === 1 ? reshape(weight, []) : reshape(weight, [channels, ...x.shape.slice(2).map(() => 1)]);
  const positive = less(0, x);
  return where(positive, x, mul(slope, where(positive, 0, x))); // the inner choice keeps an infinite x out of the weight's gradient
}
