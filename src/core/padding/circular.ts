import type { PaddingMode } from "./mode.ts";

/** `1234 → 34 1234 12`: the signal repeats. */
export const circular: PaddingMode = {
  name: "circular",
  copies: true,
  source: (i, length) => ((i % length) + length) % length,
  limit: (before, after, length) =>
    Math.max(before, after) > length || length < 1
      ? `circular padding [${before}, ${after}] must not exceed the length ${length} on any side (it would wrap around more than once)`
      : undefined,
};
