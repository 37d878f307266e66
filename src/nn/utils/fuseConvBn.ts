import { checkFloat } from "../../core/dtype.ts";
import { OptionTypeError, ShapeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { noGrad } from "../../graph/mode.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, mul } from "../../ops/elementwise/binary.ts";
import { scaleAndShift } from "../../ops/normalisation/batchNorm.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { Conv1d } from "../convolution/conv1d.ts";
import { ConvTranspose1d } from "../convolution/convTranspose1d.ts";
import { skipInit } from "../init/fill.ts";
import { BatchNorm1d } from "../normalisation/batchNorm1d.ts";

/**
 * One convolution that does what `conv` and then `norm` do with its running statistics:
 * `weight · γ/√(variance + eps)` per output channel, and `(bias − mean) · γ/√(variance + eps) + β`. Both stay as they are.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html
 * @throws OptionTypeError for other layers; ShapeError when the channels differ
 */
export function fuseConvBn<T extends Conv1d | ConvTranspose1d>(conv: T, norm: BatchNorm1d): T {
  if (!(conv instanceof Conv1d || conv instanceof ConvTranspose1d) || !(norm instanceof BatchNorm1d))
    throw new OptionTypeError(
      `fuseConvBn: expected a Conv1d or ConvTranspose1d and a BatchNorm1d, got ${show(conv)} and ${show(norm)}`,
    );
  const { runningMean: mean, runningVar: variance } = norm;
  if (!mean || !variance) throw new OptionTypeError("fuseConvBn: the BatchNorm1d keeps no running statistics");
  const { inChannels, outChannels, kernelSize, settings, weight, bias } = conv;
  if (outChannels !== norm.numFeatures)
    throw new ShapeError(`fuseConvBn: ${outChannels} output channels do not meet ${norm.numFeatures} normalised ones`);
  const options = { ...conv.pairOptions(), dtype: checkFloat("fuseConvBn", weight.dtype) };
  const fused = skipInit(() =>
    conv instanceof Conv1d
      ? new Conv1d(inChannels, outChannels, kernelSize, options)
      : new ConvTranspose1d(inChannels, outChannels, kernelSize, {
          ...options,
          outputPadding: settings.outputPadding,
        }),
  );
  noGrad(() => {
    const { weight: scale, bias: shift } = scaleAndShift({ mean, variance }, norm, norm.eps);
    fused.weight.assign(conv instanceof Conv1d ? scaledRows(weight, scale) : scaledColumns(conv, scale));
    fused.bias!.assign(bias ? add(mul(bias, scale), shift) : shift);
  });
  return fused.train(conv.training) as T;
}

const scaledRows = (weight: Tensor, scale: Tensor): Tensor => mul(weight, reshape(scale, [scale.size, 1, 1]));

/** Axis 1 of a transposed weight runs over the output channels of the group that axis 0 is in. */
function scaledColumns({ weight, settings: { groups } }: ConvTranspose1d, scale: Tensor): Tensor {
  const [rows, columns, taps] = weight.shape as [number, number, number];
  const grouped = reshape(weight, [groups, rows / groups, columns, taps]);
  return reshape(mul(grouped, reshape(scale, [groups, 1, columns, 1])), weight.shape);
}
