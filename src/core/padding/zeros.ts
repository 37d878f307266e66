import type { PaddingMode } from "./mode.ts";

/** `1234 → 00 1234 00` */
export const zeros: PaddingMode = {
  name: "zeros",
  copies: false,
  source: (i, length) => (i >= 0 && i < length ? i : -1),
  limit: () => undefined,
};
