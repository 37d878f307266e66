import type { PaddingRule } from "./rule.ts";

/**
 * The least padding that gives `ceil(length / stride)` outputs, the odd sample after the signal.
 *
 * With stride 1 this is PyTorch's `padding="same"`; with a larger stride it is MindSpore's and TensorFlow's rule, and depends on
 * the length.
 */
export const same: PaddingRule = ({ effectiveKernelSize, stride }, length) => {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + effectiveKernelSize - length, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
};
