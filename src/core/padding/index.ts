import { OptionError } from "../errors.ts";
import { show } from "../options.ts";
import { causal } from "./causal.ts";
import { circular } from "./circular.ts";
import { explicit } from "./explicit.ts";
import type { PaddingMode } from "./mode.ts";
import { reflect } from "./reflect.ts";
import { replicate } from "./replicate.ts";
import type { PaddingRule } from "./rule.ts";
import { same } from "./same.ts";
import { valid } from "./valid.ts";
import { zeros } from "./zeros.ts";

export type { PaddingMode } from "./mode.ts";
export type { KernelSpan, PaddingRule } from "./rule.ts";

/** The named rules: how much. */
const rules = { valid, same, causal } satisfies Record<string, PaddingRule>;

/** The modes: with what. */
const modes = { zeros, reflect, replicate, circular } satisfies Record<string, PaddingMode>;

export type Padding = number | readonly [number] | readonly [number, number] | keyof typeof rules;
export type PaddingModeName = keyof typeof modes;

export function paddingRule(op: string, padding: unknown): PaddingRule {
  if (typeof padding !== "string") return explicit(op, padding);
  if (Object.hasOwn(rules, padding)) return rules[padding as keyof typeof rules];
  throw new OptionError(
    `${op}: padding must be a number, [before, after], ${Object.keys(rules).map(show).join(", ")}, got ${show(padding)}`,
  );
}

export function paddingMode(op: string, name: unknown): PaddingMode {
  if (typeof name === "string" && Object.hasOwn(modes, name)) return modes[name as PaddingModeName];
  throw new OptionError(`${op}: paddingMode must be ${Object.keys(modes).map(show).join(", ")}, got ${show(name)}`);
}

/** The index map of a whole padded signal, `before + length + after` entries; negative amounts crop. */
export function paddingIndex(mode: PaddingMode, before: number, after: number, length: number): Int32Array {
  const index = new Int32Array(Math.max(0, before + length + after));
  for (let q = 0; q < index.length; q++) index[q] = mode.source(q - before, length);
  return index;
}
