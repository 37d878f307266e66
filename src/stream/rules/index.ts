/** What keeps time, by name. Everything else computes each moment from that moment alone, and needs no rule. */
import { StreamError } from "../../core/errors.ts";
import { conv1dRule } from "./conv1d.ts";
import { convTranspose1dRule } from "./convTranspose1d.ts";
import { foldRule } from "./fold.ts";
import { linearRule, nearestRule, repeatRule } from "./interpolate.ts";
import { padRule } from "./pad.ts";
import { avgPoolRule, maxPoolRule } from "./pools.ts";
import { cumsumRule, gruRule, lstmRule } from "./recurrent.ts";
import { regroupRule } from "./regroup.ts";
import type { KernelRule, MoveRule, Rule } from "./rule.ts";
import { sliceRule } from "./slice.ts";

export const kernelRules = {
  conv1d: conv1dRule,
  convTranspose1d: convTranspose1dRule,
  regroup: regroupRule,
  lstm: lstmRule,
  gru: gruRule,
  cumsum: cumsumRule,
} as const;

export const moveRules = {
  pad: padRule,
  fold: foldRule,
  slice: sliceRule,
  maxPool1d: maxPoolRule,
  avgPool1d: avgPoolRule,
  repeat: repeatRule,
  nearest: nearestRule,
  linear: linearRule,
} as const;

export type KernelRuleName = keyof typeof kernelRules;
export type MoveRuleName = keyof typeof moveRules;
export type RuleName = KernelRuleName | MoveRuleName;

export const kernelRule = (name: KernelRuleName): KernelRule => kernelRules[name] as unknown as KernelRule;
export const moveRule = (name: MoveRuleName): MoveRule => moveRules[name] as unknown as MoveRule;

const rules = { ...kernelRules, ...moveRules };

export function ruleOf(name: RuleName): Rule {
  const rule = rules[name];
  if (!rule) throw new StreamError(`stream: there is no rule "${name}"`);
  return rule as unknown as Rule;
}
