/** Activations. What is undefined here is as in ONNX: alpha and its like have other defaults than in PyTorch. */

import { isFloat } from "../../../../core/dtype.ts";
import { broadcastShapes, sameShape, showShape, sizeOf } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { hardswish, hardtanh, softsign } from "../../../../ops/activations/bounded.ts";
import { elu, leakyRelu } from "../../../../ops/activations/rectifiers.ts";
import { gelu, mish } from "../../../../ops/activations/smooth.ts";
import { logSoftmax, softmax } from "../../../../ops/activations/softmax.ts";
import { softplus } from "../../../../ops/activations/softplus.ts";
import { add, div, less, maximum, mul } from "../../../../ops/elementwise/binary.ts";
import { erf, expm1, relu, sigmoid, tanh } from "../../../../ops/elementwise/unary.ts";
import { where } from "../../../../ops/elementwise/where.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import type { Call } from "../call.ts";
import type { Operator, Operators } from "../operator.ts";

const of = (build: (x: Tensor, call: Call) => Tensor): Operator => ({ build: (call) => build(call.tensor(0), call) });

export const activations: Operators = {
  Relu: of((x) => (isFloat(x.dtype) ? relu(x) : maximum(x, 0))),
  LeakyRelu: of((x, call) => leakyRelu(x, call.float("alpha", 0.01))),
  PRelu: of(parametric),
  Elu: of((x, call) => elu(x, call.float("alpha", 1))),
  Selu: of((x, call) => mul(elu(x, call.float("alpha", SELU_ALPHA)), call.float("gamma", SELU_GAMMA))),
  Celu: of((x, call) => {
    const alpha = call.float("alpha", 1);
    if (alpha === 0) call.fail("alpha is 0, by which it would divide");
    const negative = less(x, 0);
    // The exponent of a large x would overflow on the side that is not chosen.
    return where(negative, mul(expm1(div(where(negative, x, 0), alpha)), alpha), x);
  }),
  ThresholdedRelu: of((x, call) => where(less(call.float("alpha", 1), x), x, 0)),
  HardSigmoid: of((x, call) => hardtanh(add(mul(x, call.float("alpha", 0.2)), call.float("beta", 0.5)), 0, 1)),
  HardSwish: of(hardswish),
  Softplus: of((x) => softplus(x)),
  Softsign: of(softsign),
  Sigmoid: of(sigmoid),
  Tanh: of(tanh),
  Erf: of(erf),
  Gelu: of((x, call) => {
    const approximate = call.string("approximate", "none");
    if (approximate !== "none" && approximate !== "tanh")
      return call.fail(`approximate ${approximate} is neither none nor tanh`);
    return gelu(x, { approximate });
  }),
  Mish: of(mish),
  Swish: of((x, call) => mul(x, sigmoid(mul(x, call.float("alpha", 1))))),
  Softmax: of((x, call) => alongAxis(call, x, softmax)),
  LogSoftmax: of((x, call) => alongAxis(call, x, logSoftmax)),
};

const SELU_ALPHA = 1.6732631921768188;
const SELU_GAMMA = 1.0507010221481323;

/** The slope broadcasts to x, and not x to it: exporters write one per channel as `(C, 1)`. */
function parametric(x: Tensor, call: Call): Tensor {
  const slope = call.tensor(1);
  if (!sameShape(broadcastShapes("PRelu", x.shape, slope.shape), x.shape))
    call.fail(`a slope of shape ${showShape(slope.shape)} does not broadcast to ${showShape(x.shape)}`);
  const positive = less(0, x);
  return where(positive, x, mul(slope, where(positive, 0, x))); // keeps an infinite x out of the gradient of the slope
}

/** Since 13 along one axis, by default the last; before, over that axis (by default 1) and all after it as one. */
function alongAxis(call: Call, x: Tensor, normalise: (x: Tensor, axis: number) => Tensor): Tensor {
  const axis = call.axis(call.integer("axis", call.opset < 13 ? 1 : -1), x.rank);
  if (call.opset >= 13 || axis === x.rank - 1) return normalise(x, axis);
  const rows = reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
  return reshape(normalise(rows, 1), x.shape);
}
