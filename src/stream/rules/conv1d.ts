import type { Tensor } from "../../graph/tensor.ts";
import { conv } from "../../ops/convolution/kernels.ts";
import type { KernelRule } from "./rule.ts";
import { allWindows, fullWindows, paceOfWindows, spanOf, underWindows, type Windows } from "./windows.ts";

export interface Conv1dParameters extends Windows {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
}

/** `conv1d`: a result is final when its window is full. The zeros beside the signal are on its tape. */
export const conv1dRule: KernelRule<Conv1dParameters> = {
  ready: fullWindows,
  length: allWindows,
  pace: paceOfWindows,
  reach: underWindows,
  unit: () => ({ size: 1, first: 0 }),
  window: (p) => ({ step: p.stride, offset: 0 - p.padBefore, extra: spanOf(p) - p.stride }),
  build: ({ inChannels, outChannels, groups, kernelSize, stride, dilation }, window, [weight], count): Tensor =>
    conv(window, weight!, {
      ...{ batch: window.shape[0]!, inChannels, outChannels, groups, kernelSize, stride, dilation },
      ...{ padBefore: 0, xLength: window.shape[2]!, gLength: count },
    }),
};
