import type { PaddingRule } from "./rule.ts";

/** All padding before the signal: output `t` sees no input after sample `t · stride`. */
export const causal: PaddingRule = ({ effectiveKernelSize }) => [effectiveKernelSize - 1, 0];
