import { expect } from "vitest";
import { elementwise } from "../../src/backends/reference/elementwise.ts";
import { copy } from "../../src/backends/reference/movement.ts";
import { runStep } from "../../src/backends/reference/step.ts";
import { sum } from "../../src/backends/reference/sum.ts";
import { allocate, type TypedArray } from "../../src/core/dtype.ts";
import type { ScalarFunction } from "../../src/core/kernels.ts";
import { stridesOf } from "../../src/core/shape.ts";
import type { MapAttributes, Plan, Step } from "../../src/plan/plan.ts";
import { momentsOf, momentTolerances } from "../backends/wasm/recurrenceMoments.ts";

/** Functions whose float32 result is the rounded true one on every backend, hence the same. */
const EXACT = new Set<ScalarFunction>([
  ...(["neg", "abs", "sqrt", "floor", "round", "sign", "relu", "select"] as const),
  ...(["add", "sub", "mul", "div", "maximum", "minimum", "equal", "less"] as const),
]);

/** What is not exact is wrong by so many units of the last place at most: 2.4 is the worst that the map tests allow. */
const UNITS = 4;

/** Whether every backend has to give the same bits. */
export function isExact({ call, epilogue }: Step, { values }: Plan, output: number): boolean {
  if (values[output]!.dtype !== "float32") return true;
  if (call.kernel === "sum" || call.kernel === "recurrence") return false;
  const body = call.kernel === "map" ? call.attributes.body : (epilogue?.body ?? []);
  return body.every(({ fn }) => EXACT.has(fn));
}

/** Expects of every step that it has made of its inputs what the reference kernel makes of these very numbers. */
export function expectSteps(plan: Plan, values: readonly TypedArray[]): void {
  for (const [i, step] of plan.steps.entries()) {
    const inputs = step.inputs.map((input) => values[input]!);
    const actual = values[step.output]!;
    const expected = expectedOf(plan, step, inputs, actual);
    const at = isExact(step, plan, step.output)
      ? firstDifference(actual, expected)
      : firstBeyond(
          actual as Float32Array,
          expected as Float32Array,
          toleranceOf(step, inputs, expected as Float32Array),
        );
    if (at >= 0) expect.fail(`step ${i}, ${describe(step)}: element ${at} is ${actual[at]} instead of ${expected[at]}`);
  }
}

function expectedOf(plan: Plan, step: Step, inputs: readonly TypedArray[], actual: TypedArray): TypedArray {
  if (step.call.kernel === "recurrence" && actual instanceof Float32Array)
    return momentsOf(step.call.attributes, inputs as readonly Float32Array[], actual);
  const { dtype, size } = plan.values[step.output]!;
  const out = allocate(dtype, size);
  runStep(step, inputs, out);
  return out;
}

/** The first element that is not the same; −1 if there is none. All NaNs are the same, the two zeros are not. */
export function firstDifference(actual: TypedArray, expected: TypedArray): number {
  if (actual.length !== expected.length || actual.constructor !== expected.constructor) return 0;
  for (let i = 0; i < actual.length; i++) if (!Object.is(actual[i], expected[i])) return i;
  return -1;
}

/** The first element that is further away than it may be. Where the tolerance is NaN anything may come. */
function firstBeyond(actual: Float32Array, expected: Float32Array, tolerance: Float64Array): number {
  for (let i = 0; i < actual.length; i++)
    if (!Object.is(actual[i], expected[i]) && Math.abs(actual[i]! - expected[i]!) > tolerance[i]!) return i;
    else if (Number.isNaN(actual[i]) !== Number.isNaN(expected[i]) && !Number.isNaN(tolerance[i])) return i;
  return -1;
}

function toleranceOf(step: Step, inputs: readonly TypedArray[], expected: Float32Array): Float64Array {
  if (step.call.kernel === "recurrence") return momentTolerances(inputs as readonly Float32Array[], expected);
  return step.call.kernel === "sum"
    ? ofSum(step.call.attributes, inputs[0] as Float32Array, expected)
    : ofBody(step, inputs, expected);
}

/** Partial sums in double, in any order, and one rounding. */
function ofSum(attributes: Parameters<typeof sum>[0], x: Float32Array, expected: Float32Array): Float64Array {
  const magnitudes = new Float64Array(expected.length);
  sum(attributes, [Float64Array.from(x, Math.abs)], magnitudes);
  return magnitudes.map((magnitude, i) => (Number.isFinite(magnitude) ? ulp(expected[i]!) + magnitude * 2 ** -45 : 0));
}

/** How far the results of a body move when the functions that are not exact are wrong as far as they may be. */
function ofBody(
  { call, epilogue, inputs: { length } }: Step,
  inputs: readonly TypedArray[],
  expected: Float32Array,
): Float64Array {
  const attributes = call.kernel === "map" ? call.attributes : epilogue!;
  const own = length - (attributes.strides.length - 1);
  let operands = inputs;
  if (call.kernel !== "map") {
    const result = new Float32Array(expected.length);
    runStep({ call, epilogue: null, inputs: [], output: 0 }, inputs.slice(0, own), result);
    operands = [result, ...inputs.slice(own)];
  }
  const known = operands.map((operand, i) => spread(operand as Float32Array, attributes, i));
  const tolerance = new Float64Array(expected.length);
  for (let trial = 0; trial < 10; trial++)
    wrongly(attributes, known, trial).forEach((value, i) => {
      // A step from a number to an infinity or a NaN can come a little earlier or later.
      const moved = Object.is(value, expected[i]) ? 0 : 4 * Math.abs(value - expected[i]!);
      tolerance[i] = Math.max(tolerance[i]!, Number.isFinite(moved) ? moved : Number.NaN);
    });
  return tolerance;
}

function spread(operand: Float32Array, { shape, strides }: MapAttributes, i: number): Float32Array {
  const whole = new Float32Array(shape.reduce((a, b) => a * b, 1));
  copy({ shape, strides: strides[i]! }, [operand], whole);
  return whole;
}

/** Exact functions that round: what they read may be wrong, and then they may round the other way. */
const ROUNDS = new Set<ScalarFunction>(["add", "sub", "mul", "div", "sqrt"]);

/** The body, in which every function that is not exact is wrong: too large, too small, or now this and now that. */
function wrongly({ shape, body }: MapAttributes, known: readonly Float32Array[], trial: number): Float32Array {
  const values = [...known];
  const wrong = new Set<number>();
  for (const { fn, arguments: read } of body) {
    const out = new Float32Array(known[0]?.length ?? 1);
    const inputs = read.map((i) => values[i]!);
    elementwise({ fn, shape, strides: read.map(() => stridesOf(shape)) }, inputs, out);
    const inexact = !EXACT.has(fn);
    if (inexact || read.some((i) => wrong.has(i))) {
      const units = inexact ? UNITS : ROUNDS.has(fn) && trial > 1 ? 1 : 0;
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + units * shift(trial, values.length, i) * ulp(out[i]!);
      wrong.add(values.length);
    }
    values.push(out);
  }
  return values.at(-1)!;
}

/** 1 and −1 in the first two trials, then numbers between. */
function shift(trial: number, value: number, i: number): number {
  if (trial < 2) return 1 - 2 * trial;
  const bits = Math.imul(Math.imul(value * 31 + trial * 977 + i, 0x9e3779b1) ^ (i << 9), 0x85ebca6b) >>> 0;
  return Math.round((bits / 2 ** 32) * 8 - 4) / 4;
}

/** The distance of floats at x; that of subnormals is 2^−149. */
const ulp = (x: number): number =>
  Number.isFinite(x) ? 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23) : 0;

function describe({ call, epilogue }: Step): string {
  const body = call.kernel === "map" ? call.attributes.body : epilogue?.body;
  return `${call.kernel}${body ? ` then ${body.map(({ fn }) => fn).join(" ")}` : ""} ${JSON.stringify(call.attributes)}`;
}
