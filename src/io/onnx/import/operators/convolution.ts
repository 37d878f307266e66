/** Conv and ConvTranspose over one dimension. */
import { effectiveKernelSize } from "../../../../core/geometry.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { conv1d } from "../../../../ops/convolution/conv1d.ts";
import { convTranspose1d } from "../../../../ops/convolution/convTranspose1d.ts";
import { add } from "../../../../ops/elementwise/binary.ts";
import { pad } from "../../../../ops/shape/pad.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { slice } from "../../../../ops/shape/slice.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";
import { autoPadding, type Window, windowOf } from "../window.ts";

export const convolution: Operators = {
  Conv: {
    build: (call) => {
      const { x, weight, bias } = operandsOf(call);
      const window = windowOf(call, weight.shape[2]!);
      const { stride, dilation } = window;
      const padding = autoPadding(call, window, x.shape[2]!) ?? window.pads;
      const groups = call.integer("group", 1);
      const [before, after] = padding;
      // Negative amounts crop, which is not padding here.
      const cropped = pad(x, [Math.min(before, 0), Math.min(after, 0)]);
      const amounts = [Math.max(before, 0), Math.max(after, 0)] as const;
      return conv1d(cropped, weight, bias, { stride, dilation, groups, padding: amounts });
    },
  },
  ConvTranspose: {
    build: (call) => {
      const { x, weight, bias } = operandsOf(call);
      const window = windowOf(call, weight.shape[2]!);
      const { stride, dilation } = window;
      const groups = call.integer("group", 1);
      const [before, after] = transposedPads(call, window, x.shape[2]!);
      const outputPadding = outputPaddingOf(call);
      if (before >= 0 && after >= 0 && outputPadding < Math.max(stride, dilation)) {
        const padding = [before, after] as const;
        return convTranspose1d(x, weight, bias, { stride, dilation, groups, padding, outputPadding });
      }
      // Everything the kernel writes; then what the padding takes off or adds, and the bias, which is everywhere.
      const whole = convTranspose1d(x, weight, null, { stride, dilation, groups });
      const y = cut(whole, before, after - outputPadding);
      return bias ? add(y, reshape(bias, [bias.shape[0]!, 1])) : y;
    },
  },
};

function operandsOf(call: Call): { x: Tensor; weight: Tensor; bias: Tensor | null } {
  const [x, weight] = [call.tensor(0), call.tensor(1)];
  if (weight.rank !== 3)
    call.fail(`its weight has ${weight.rank - 2} dimensions of space; only one, which is time, is read here`);
  return { x, weight, bias: call.optionalTensor(2) };
}

function outputPaddingOf(call: Call): number {
  const [amount = 0] = call.integers("output_padding") ?? [];
  return amount;
}

/** Takes samples off both ends; negative amounts add zeros. */
function cut(x: Tensor, before: number, after: number): Tensor {
  const padded = pad(x, [Math.max(-before, 0), Math.max(-after, 0)]);
  const end = padded.shape[2]! - Math.max(after, 0);
  return slice(padded, 2, Math.max(before, 0), Math.max(end, 0));
}

/**
 * How many samples the padding takes off. A required length is met by `total = stride·(L − 1) + output_padding + effectiveKernelSize −
 * length`, of which SAME_UPPER takes the smaller half first, everything else the larger one; a negative total adds samples.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__ConvTranspose.html (11 and later; the text of version 1 has it the other way round)
 */
function transposedPads(call: Call, window: Window, length: number): readonly [number, number] {
  const { stride, kernelSize, dilation, automatic } = window;
  const [required] = call.integers("output_shape")?.slice(-1) ?? [];
  const wanted = required ?? (automatic.startsWith("SAME") ? length * stride : undefined);
  if (wanted === undefined) return window.pads;
  const total = stride * (length - 1) + outputPaddingOf(call) + effectiveKernelSize(kernelSize, dilation) - wanted;
  const half = Math.floor(total / 2);
  return automatic === "SAME_UPPER" ? [half, total - half] : [total - half, half];
}
