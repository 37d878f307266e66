import {
  type ConvSettings,
  type ConvTranspose1dOptions,
  convTranspose1dLengths,
  convTranspose1dSettings,
} from "../../core/geometry.ts";
import type { Single } from "../../core/options.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { add } from "../elementwise/binary.ts";
import { scatterAdd } from "../shape/gather.ts";
import { reshape } from "../shape/reshape.ts";
import { copiedPadding } from "./copiedPadding.ts";
import { convInput } from "./kernels.ts";
import { checkOperands } from "./operands.ts";

/**
 * The transposed convolution: the adjoint of `conv1d` with the same weight array and options, then the bias.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`, weight `(C, outChannels/groups, kernelSize)`, bias `(outChannels)`; the result
 * `(N, outChannels, (L−1)·stride + dilation·(kernelSize−1) + 1 − padBefore − padAfter + outputPadding)`.
 *
 * With a padding mode other than zeros it is the adjoint of the convolution with that mode: what was copied to the padding is
 * added back to where it came from, and the bias comes after. As adjoint of a causal convolution, `padding: "causal"` looks
 * ahead; a causal upsampler is `padding: [0, effectiveKernelSize − stride]`.
 *
 * `outputLength` chooses among the `stride` lengths that the forward convolution maps to L and overrides `outputPadding`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html (modes: ours)
 * @throws ShapeError, OptionError, DTypeError
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: ConvTranspose1dOptions & { outputLength?: Single } = {},
): Tensor {
  const settings = convTranspose1dSettings("convTranspose1d", options, ["outputLength"]);
  return convolveTransposed("convTranspose1d", x, weight, bias, settings, options.outputLength);
}

/** As `convTranspose1d`, with options already resolved; `op` names the caller in errors. */
export function convolveTransposed(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  settings: ConvSettings,
  requestedLength?: Single,
): Tensor {
  const { stride, dilation, groups, mode } = settings;
  const { first, second, kernelSize } = checkOperands(op, x, weight, bias, groups, (w) => ({
    input: w.first,
    output: w.second * groups,
  }));
  const length = x.shape.at(-1)!;
  const { padBefore, padAfter, outputLength } = convTranspose1dLengths(
    op,
    settings,
    kernelSize,
    length,
    requestedLength,
  );
  const batched = x.rank === 3 ? x : reshape(x, [1, ...x.shape]);
  const outChannels = second * groups;
  const copied = copiedPadding(mode, padBefore, padAfter, outputLength);
  const unfolded = convInput(batched, weight, {
    batch: batched.shape[0]!,
    inChannels: outChannels,
    outChannels: first,
    groups,
    kernelSize,
    stride,
    dilation,
    padBefore: copied ? 0 : padBefore,
    xLength: copied ? copied.index.length : outputLength,
    gLength: length,
  });
  const y = copied ? scatterAdd(unfolded, 2, copied.index, outputLength, copied.meaning) : unfolded;
  const biased = bias ? add(y, reshape(bias, [outChannels, 1])) : y;
  const result = x.rank === 3 ? biased : reshape(biased, [outChannels, outputLength]);
  return copied ? composed("convTranspose1d", [x], null, result) : result;
}
