import { cumsumFrom } from "../../ops/recurrent/cumsum.ts";
import { type GruAttributes, gru } from "../../ops/recurrent/gru.ts";
import { lstm } from "../../ops/recurrent/lstm.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import type { KernelRule, Rule } from "./rule.ts";

/** A recurrence goes on from its own last result, which stands on its tape: nothing else is remembered. */
const timing: Rule = {
  ready: (_, n) => n,
  length: (_, n) => n,
  pace: () => ({ shift: 0, more: 0 }),
  reach: (_, _from, to) => [Number.NEGATIVE_INFINITY, to],
};

const step = {
  unit: () => ({ size: 1, first: 0 }),
  window: () => ({ step: 1, offset: 0, extra: 0 }),
};

export const lstmRule: KernelRule = {
  ...timing,
  ...step,
  build: (_, gates, [weightHh], _count, [before]) =>
    lstm(gates, weightHh!, reshape(before!, [gates.shape[0]!, before!.size / gates.shape[0]!])),
};

export const gruRule: KernelRule<GruAttributes> = {
  ...timing,
  ...step,
  build: (attributes, gates, [weightHh, biasHh], _count, [before]) =>
    gru(gates, weightHh!, biasHh!, reshape(before!, [gates.shape[0]!, attributes.hidden]), attributes),
};

export const cumsumRule: KernelRule = {
  ...timing,
  ...step,
  build: (_, x, _fixed, _count, [before]) => cumsumFrom(x, reshape(before!, x.shape.slice(0, -1))),
};
