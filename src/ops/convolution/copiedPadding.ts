import { type PaddingMode, paddingIndex } from "../../core/padding/index.ts";
import type { Meaning } from "../shape/gather.ts";

/**
 * The index map of the padding that a convolution has to gather through before its kernel, and its adjoint to add back through after
 * it; `null` where there is nothing to copy, because the kernel does zeros by itself.
 */
export function copiedPadding(
  mode: PaddingMode,
  before: number,
  after: number,
  length: number,
): { readonly index: Int32Array; readonly meaning: Meaning } | null {
  if (!mode.copies || (before === 0 && after === 0)) return null;
  return { index: paddingIndex(mode, before, after, length), meaning: { kind: "pad", mode: mode.name, before, after } };
}
