import type { PaddingMode } from "./mode.ts";

/** `1234 → 11 1234 44` */
export const replicate: PaddingMode = {
  name: "replicate",
  copies: true,
  source: (i, length) => Math.min(Math.max(i, 0), length - 1),
  limit: (_before, _after, length) =>
    length < 1 ? `replicate padding needs at least one sample, got length ${length}` : undefined,
};
