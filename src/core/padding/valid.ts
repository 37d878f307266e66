import type { PaddingRule } from "./rule.ts";

/** No padding: every window lies inside the signal. */
export const valid: PaddingRule = () => [0, 0];
