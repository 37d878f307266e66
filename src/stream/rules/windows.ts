import { effectiveKernelSize } from "../../core/geometry.ts";

/** Windows that slide along a signal, of convolutions and pools. */
export interface Windows {
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  readonly padAfter: number;
}

/** Samples from the first to the last of a window. */
export const spanOf = ({ kernelSize, dilation }: { readonly kernelSize: number; readonly dilation: number }): number =>
  effectiveKernelSize(kernelSize, dilation);

/** F(n) = max(0, ⌊(n + padBefore − span) / stride⌋ + 1): the windows that are full. */
export const fullWindows = (windows: Windows, n: number): number =>
  Math.max(0, Math.floor((n + windows.padBefore - spanOf(windows)) / windows.stride) + 1);

/** M(n), where windows may also end in the padding after the signal. */
export const allWindows = (windows: Windows, n: number): number => fullWindows(windows, n + windows.padAfter);

/** The samples under windows `from..to−1`. */
export const underWindows = (windows: Windows, from: number, to: number): [number, number] => [
  from * windows.stride - windows.padBefore,
  (to - 1) * windows.stride - windows.padBefore + spanOf(windows),
];

/** With stride 1 a shift; else ⌊(n + a) / stride⌋ with a = padBefore − span + stride. */
export function paceOfWindows(windows: Windows, tail: number) {
  const { stride, padBefore, padAfter } = windows;
  const ahead = padBefore - spanOf(windows) + stride;
  if (stride === 1) return { shift: ahead, more: padAfter };
  return {
    up: 1,
    down: stride,
    low: (stride - 1 - ahead) / stride,
    high: Math.max(ahead, 0) / stride,
    tail: Math.floor((tail + padAfter) / stride),
  };
}
