/**
 * Random graphs of all operations, computed by the wasm backend in watched memory.
 *
 * `ATROUS_FUZZ_RUNS=100000 npx vitest run test/fuzz` runs as many, `ATROUS_SEED=…` others.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import { runStep } from "../../src/backends/reference/step.ts";
import { allocate, type TypedArray } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { leavesOf } from "../../src/plan/leaves.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { setting } from "../setting.ts";
import { expectSteps, firstDifference, isExact } from "./expectSteps.ts";
import { buildGraph, type Graph, recipes } from "./plans.ts";
import { WatchedSpace } from "./watchedRun.ts";

const RUNS = setting("ATROUS_FUZZ_RUNS", 250);

/** `n` thirds of the leaves; the first, which is the signal, last. */
function fixedOf(order: readonly Tensor[], n: number): (leaf: Tensor) => boolean {
  const leaves = leavesOf(order);
  return (leaf) => leaves.indexOf(leaf) % 3 >= 3 - n;
}

/** The plan by the reference kernels. */
function stepwise(plan: Plan, given: readonly Tensor[]): TypedArray[] {
  const values: TypedArray[] = given.map(({ value }) => value!);
  for (const step of plan.steps) {
    const { dtype, size } = plan.values[step.output]!;
    const inputs = step.inputs.map((input) => values[input]!);
    values[step.output] = allocate(dtype, size);
    runStep(step, inputs, values[step.output]!);
  }
  return plan.outputs.map((output) => values[output]!);
}

function expectSame(what: string, actual: readonly TypedArray[], expected: readonly TypedArray[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((array, i) => {
    const at = firstDifference(array, expected[i]!);
    if (at >= 0) expect.fail(`${what}: element ${at} of output ${i} is ${array[at]} instead of ${expected[i]![at]}`);
  });
}

const seen = { runs: 0, steps: 0, exact: 0, convolutions: 0, epilogues: 0, prepared: 0, sums: 0, elsewhere: 0 };

function check({ order, outputs }: Graph, fixed: number, { watched }: { watched: WatchedSpace }): void {
  const given = leavesOf(order);
  const plan = makePlan(order, outputs, fixedOf(order, fixed));
  const expected = reference().run(order, outputs) as TypedArray[];
  expectSame("the plan by the reference kernels", stepwise(plan, given), expected);

  // With every value kept each step can be held against its reference kernel, on the very numbers it got. That is stricter than a
  // tolerance for the whole graph, in which errors may cancel or grow.
  const values = watched.run({ ...plan, outputs: plan.values.map((_, value) => value) }, given);
  expectSteps(plan, values);
  // As it is, arrays share their places, which must change nothing.
  const actual = watched.run(plan, given);
  expectSame(
    "in a shared arena",
    actual,
    plan.outputs.map((output) => values[output]!),
  );
  const exact = plan.steps.every((step) => isExact(step, plan, step.output));
  if (exact) expectSame("the whole graph", actual, expected);

  seen.runs++;
  seen.steps += plan.steps.length;
  if (exact && plan.steps.length > 2) seen.exact++;
  for (const { call, epilogue, output } of plan.steps) {
    if (call.kernel.startsWith("conv1d")) seen.convolutions++;
    if (epilogue) seen.epilogues++;
    if (call.kernel === "sum") seen.sums++;
    if (plan.values[output]!.fixed) seen.prepared++;
    if (plan.values[output]!.dtype !== "float32") seen.elsewhere++;
  }
}

test("random graphs", { timeout: 0 }, () => {
  const memory = { watched: new WatchedSpace() };
  const began = Date.now();
  fc.assert(
    fc.property(recipes, (recipe) => {
      if (seen.runs % 50 === 0) memory.watched = new WatchedSpace();
      if (RUNS > 5000 && seen.runs % 1000 === 999) console.log(Math.round((Date.now() - began) / 1000), "s", seen);
      check(buildGraph(recipe), recipe.fixed, memory);
    }),
    { numRuns: RUNS },
  );
  // What is never met is not tested.
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(RUNS / 12);
});
