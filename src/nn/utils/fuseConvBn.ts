import { OptionTypeError, ShapeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import type { PaddingModeName } from "../../core/padding/index.ts";
import { noGrad } from "../../graph/mode.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul, sub } from "../../ops/elementwise/binary.ts";
import { sqrt } from "../../ops/elementwise/unary.ts";
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
  const { inChannels, outChannels, kernelSize, padding, settings } = conv;
  if (outChannels !== norm.numFeatures)
    throw new ShapeError(`fuseConvBn: ${outChannels} output channels do not meet ${norm.numFeatures} normalised ones`);
  const { stride, dilation, groups, outputPadding, mode } = settings;
  const options = {
    ...{ stride, dilation, groups, padding, dtype: conv.weight.dtype as "float32" | "float64" },
    paddingMode: mode.name as PaddingModeName,
  };
  const fused = skipInit(() =>
    conv instanceof Conv1d
      ? new Conv1d(inChannels, outChannels, kernelSize, options)
      : new ConvTranspose1d(inChannels, outChannels, kernelSize, { ...options, outputPadding }),
  );
  noGrad(() => {
    const scale: Tensor = norm.weight
      ? div(norm.weight, sqrt(add(variance, norm.eps)))
      : div(1, sqrt(add(variance, norm.eps)));
    fused.weight.assign(conv instanceof Conv1d ? scaledRows(conv.weight, scale) : scaledColumns(conv, scale));
    const centred = conv.bias ? sub(conv.bias, mean) : mul(mean, -1);
    fused.bias!.assign(norm.bias ? add(mul(centred, scale), norm.bias) : mul(centred, scale));
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
