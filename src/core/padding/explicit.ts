import { OptionTypeError } from "../errors.ts";
import { checkInteger, show } from "../options.ts";
import type { PaddingRule } from "./rule.ts";

/** `padding: 3`, `[3]` or `[before, after]`: samples per side, as given. */
export function explicit(op: string, padding: unknown): PaddingRule {
  const sides = Array.isArray(padding) ? padding : [padding];
  if (sides.length < 1 || sides.length > 2 || typeof padding === "boolean")
    throw new OptionTypeError(
      `${op}: padding must be a number, [before, after] or a rule's name, got ${show(padding)}`,
    );
  const before = checkInteger(op, "padding", sides[0], 0);
  const after = sides.length === 2 ? checkInteger(op, "padding", sides[1], 0) : before;
  return () => [before, after];
}
