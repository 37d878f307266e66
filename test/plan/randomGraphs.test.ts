import fc from "fast-check";
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { leavesOf } from "../../src/plan/leaves.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import { PlanCache } from "../../src/plan/planCache.ts";
import { expectSameBits } from "./checkedBackend.ts";
import { interpret } from "./interpreter.ts";
import { buildGraph, recipes } from "./randomGraph.ts";

/** `n` thirds of the leaves. */
function everyNth(order: readonly Tensor[], n: number): (leaf: Tensor) => boolean {
  const leaves = leavesOf(order);
  return (leaf) => n > 0 && leaves.indexOf(leaf) % 3 < n;
}

test("the plan of any graph gives the bits of the reference backend", { timeout: 60_000 }, () => {
  const seen = { epilogues: 0, chains: 0, fixed: 0 };
  fc.assert(
    fc.property(recipes, (recipe) => {
      const { order, outputs } = buildGraph(recipe);
      const plan = makePlan(order, outputs, everyNth(order, recipe.fixed));
      const given = leavesOf(order).map((leaf) => leaf.value!);
      const expected = reference().run(order, outputs) as TypedArray[];
      expectSameBits(interpret(plan, given), expected);
      for (const { call, epilogue, output } of plan.steps) {
        if (epilogue) seen.epilogues++;
        if (call.kernel === "map" && call.attributes.body.length > 1) seen.chains++;
        if (plan.values[output]!.fixed) seen.fixed++;
      }
    }),
    { numRuns: 600 },
  );
  // What is never met is not tested.
  expect(seen.epilogues).toBeGreaterThan(60);
  expect(seen.chains).toBeGreaterThan(100);
  expect(seen.fixed).toBeGreaterThan(300);
});

test("any two graphs share a plan only if it serves both", { timeout: 60_000 }, () => {
  const cache = new PlanCache((plan) => plan, 1000);
  const made = new Set<unknown>();
  let found = 0;
  fc.assert(
    fc.property(recipes, fc.nat({ max: 1000 }), (recipe, change) => {
      for (const moves of [recipe.moves, changed(recipe.moves, change)]) {
        const { order, outputs } = buildGraph({ ...recipe, moves });
        const plan = cache.find(order, outputs, everyNth(order, recipe.fixed));
        if (made.has(plan)) found++;
        made.add(plan);
        const given = leavesOf(order).map((leaf) => leaf.value!);
        expectSameBits(interpret(plan, given), reference().run(order, outputs) as TypedArray[]);
      }
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(30);
});

/** The same moves with one choice of one of them another. */
function changed(moves: readonly (readonly number[])[], change: number): number[][] {
  const copy = moves.map((move) => [...move]);
  const move = copy[change % copy.length]!;
  move[1 + (change % 5)]! += 1;
  return copy;
}
