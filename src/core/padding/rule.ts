/** Integers of a kernel that a padding rule may look at. Only the *effective* kernel size reaches a rule, never the tap count. */
export interface KernelSpan {
  /** `dilation · (kernelSize − 1) + 1`: samples from the first tap to the last. */
  readonly effectiveKernelSize: number;
  readonly stride: number;
}

/** *How much* to pad: a pure function from the kernel and the length of the signal to `[padBefore, padAfter]`. */
export type PaddingRule = (span: KernelSpan, length: number) => readonly [number, number];
