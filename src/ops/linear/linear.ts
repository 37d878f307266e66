import { ShapeError } from "../../core/errors.ts";
import { isGiven } from "../../core/options.ts";
import { showShape, sizeOf } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { conv } from "../convolution/kernels.ts";
import { add } from "../elementwise/binary.ts";
import { checkCompanionDType, checkFloatTensor, checkTensor } from "../elementwise/operand.ts";
import { reshape } from "../shape/reshape.ts";
import { transpose } from "../shape/transpose.ts";
import { checkCompanion } from "../signal.ts";

/**
 * `y[…, o] = b[o] + Σ x[…, i] · w[o, i]`, summed in float32 over ascending `i`; bias last.
 *
 * Shapes: x `(…, inFeatures)` with any number of axes in front, weight `(outFeatures, inFeatures)`, bias `(outFeatures)`.
 *
 * A convolution with one tap whose samples are the rows of x: features become channels, and back.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 * @throws ShapeError, DTypeError
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  return linearly("linear", x, weight, bias);
}

/** As `linear`; `op` names the caller in errors. */
export function linearly(op: string, x: Tensor, weight: Tensor, bias: Tensor | null | undefined): Tensor {
  checkFloatTensor(op, x);
  checkTensor(op, weight, "weight must be a tensor");
  if (weight.rank !== 2)
    throw new ShapeError(`${op}: the weight must be (outFeatures, inFeatures), got shape ${showShape(weight.shape)}`);
  checkCompanionDType(op, "weight", weight, x);
  const [outFeatures, inFeatures] = weight.shape as [number, number];
  if (x.shape.at(-1) !== inFeatures)
    throw new ShapeError(
      `${op}: expected an input (…, ${inFeatures}), got shape ${showShape(x.shape)} (weight ${showShape(weight.shape)})`,
    );
  if (isGiven(bias)) checkCompanion(op, "bias", bias, [outFeatures], x);

  const lead = x.shape.slice(0, -1);
  const length = lead.at(-1) ?? 1;
  const batch = sizeOf(lead.slice(0, -1));
  const channels = transpose(reshape(x, [batch, length, inFeatures]), 1, 2);
  const y = conv(channels, reshape(weight, [outFeatures, inFeatures, 1]), {
    ...{ batch, groups: 1, inChannels: inFeatures, outChannels: outFeatures },
    ...{ kernelSize: 1, stride: 1, dilation: 1, padBefore: 0, xLength: length, gLength: length },
  });
  const biased = bias ? add(y, reshape(bias, [outFeatures, 1])) : y;
  const parts = bias ? [x, weight, bias] : [x, weight];
  return composed("linear", parts, null, reshape(transpose(biased, 1, 2), [...lead, outFeatures]));
}
