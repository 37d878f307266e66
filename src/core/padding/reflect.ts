import type { PaddingMode } from "./mode.ts";

/** `1234 → 32 1234 32`: mirrored at the edge samples, which are not repeated. */
export const reflect: PaddingMode = {
  name: "reflect",
  copies: true,
  source: (i, length) => (i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i),
  limit: (before, after, length) =>
    Math.max(before, after) > length - 1
      ? `reflect padding [${before}, ${after}] must be less than the length ${length} on each side`
      : undefined,
};
