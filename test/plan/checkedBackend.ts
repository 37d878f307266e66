import { expect } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import type { Backend } from "../../src/graph/backend.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { leavesOf } from "../../src/plan/leaves.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { PlanCache } from "../../src/plan/planCache.ts";
import { interpret } from "./interpreter.ts";

export interface CheckedBackend extends Backend {
  /** The plans that were run, one per run. */
  readonly plans: Plan[];
  /** How many of them had to be made. */
  made(): number;
}

/** The reference backend, which runs every graph also by its plan and expects the same bits. Parameters are fixed. */
export function checkedBackend(isFixed = (leaf: Tensor): boolean => leaf.owner !== leaf): CheckedBackend {
  const specification = reference();
  const plans: Plan[] = [];
  let made = 0;
  const cache = new PlanCache((plan) => {
    made++;
    return plan;
  });
  return {
    ...specification,
    name: "checked",
    plans,
    made: () => made,
    run(order, outputs) {
      const plan = cache.find(order, outputs, isFixed);
      plans.push(plan);
      const expected = specification.run(order, outputs) as TypedArray[];
      const found = interpret(
        plan,
        leavesOf(order).map((leaf) => leaf.value!),
      );
      expectSameBits(found, expected);
      return expected;
    },
  };
}

export function expectSameBits(found: readonly TypedArray[], expected: readonly TypedArray[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((array, i) => {
    const other = expected[i]!;
    expect(array.constructor).toBe(other.constructor);
    expect(array.length).toBe(other.length);
    for (let t = 0; t < array.length; t++)
      if (!Object.is(array[t], other[t])) expect.fail(`output ${i}, element ${t}: ${array[t]} instead of ${other[t]}`);
  });
}
