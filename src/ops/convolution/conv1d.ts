import { type Conv1dOptions, type ConvSettings, conv1dLengths, conv1dSettings } from "../../core/geometry.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { add } from "../elementwise/binary.ts";
import { gather } from "../shape/gather.ts";
import { reshape } from "../shape/reshape.ts";
import { copiedPadding } from "./copiedPadding.ts";
import { conv } from "./kernels.ts";
import { checkOperands } from "./operands.ts";

/**
 * The convolution (strictly: cross-correlation)
 * `y[n,o,t] = b[o] + Σ w[o,i,k] · xPadded[n, i, t·stride + k·dilation]`, summed in float32 over `i`, then `k`; bias last.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`, weight `(outChannels, C/groups, kernelSize)`, bias `(outChannels)`; the result
 * `(N, outChannels, ⌊(L + padBefore + padAfter − dilation·(kernelSize−1) − 1) / stride⌋ + 1)`, without N if x had none.
 *
 * Its gradients are the two other kernels, see `kernels.ts`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: Conv1dOptions): Tensor {
  return convolve("conv1d", x, weight, bias, conv1dSettings("conv1d", options));
}

/** As `conv1d`, with options already resolved; `op` names the caller in errors. */
export function convolve(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  settings: ConvSettings,
): Tensor {
  const { stride, dilation, groups, mode } = settings;
  const { first, second, kernelSize } = checkOperands(op, x, weight, bias, groups, (w) => ({
    input: w.second * groups,
    output: w.first,
  }));
  const length = x.shape.at(-1)!;
  const { padBefore, padAfter, outputLength } = conv1dLengths(op, settings, kernelSize, length);
  const batched = x.rank === 3 ? x : reshape(x, [1, ...x.shape]);
  const copied = copiedPadding(mode, padBefore, padAfter, length);
  const padded = copied ? gather(batched, 2, copied.index, copied.meaning) : batched;
  const y = conv(padded, weight, {
    batch: batched.shape[0]!,
    inChannels: second * groups,
    outChannels: first,
    groups,
    kernelSize,
    stride,
    dilation,
    padBefore: copied ? 0 : padBefore,
    padAfter: copied ? 0 : padAfter,
    xLength: padded.shape[2]!,
    gLength: outputLength,
  });
  const biased = bias ? add(y, reshape(bias, [first, 1])) : y;
  const result = x.rank === 3 ? biased : reshape(biased, [first, outputLength]);
  return copied ? composed("conv1d", [x], null, result) : result;
}
