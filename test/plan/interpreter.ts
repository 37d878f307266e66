import { elementwise } from "../../src/backends/reference/elementwise.ts";
import { runKernel } from "../../src/backends/reference/kernels.ts";
import { copy } from "../../src/backends/reference/movement.ts";
import { allocate, type TypedArray } from "../../src/core/dtype.ts";
import { stridesOf } from "../../src/core/shape.ts";
import type { MapAttributes, Plan, Step } from "../../src/plan/plan.ts";
import { arity, checkPlan } from "./checkPlan.ts";

/** A plan step by step, as slowly and as literally as possible. `given` are the values of the leaves. */
export function interpret(plan: Plan, given: readonly TypedArray[]): TypedArray[] {
  checkPlan(plan);
  const values: (TypedArray | undefined)[] = plan.values.map(() => undefined);
  if (given.length !== plan.leaves.length) throw new Error(`${given.length} leaves for ${plan.leaves.length}`);
  const set = (number: number, array: TypedArray): void => {
    const { dtype, size } = plan.values[number]!;
    if (values[number]) throw new Error(`value ${number} is made twice`);
    if (array.length !== size || array.constructor !== allocate(dtype, 0).constructor)
      throw new Error(`value ${number} is ${array.length} of ${array.constructor.name}, not ${size} of ${dtype}`);
    values[number] = array;
  };
  const get = (number: number): TypedArray => {
    const array = values[number];
    if (!array) throw new Error(`value ${number} is read before it is made`);
    return array;
  };
  plan.leaves.forEach(({ value }, i) => {
    set(value, given[i]!);
  });
  for (const step of plan.steps) set(step.output, run(plan, step, step.inputs.map(get)));
  return plan.outputs.map(get);
}

function run(plan: Plan, step: Step, inputs: readonly TypedArray[]): TypedArray {
  const { call, epilogue } = step;
  const { dtype, size } = plan.values[step.output]!;
  if (call.kernel === "map") return applyBody(call.attributes, inputs, allocate(dtype, size));
  const own = arity(step);
  const result = allocate(dtype, size);
  runKernel(call, inputs.slice(0, own), result);
  return epilogue ? applyBody(epilogue, [result, ...inputs.slice(own)], allocate(dtype, size)) : result;
}

/** One function after the other over whole arrays; what each makes is rounded to the element type, as if it were stored. */
function applyBody(
  { shape, strides, body }: MapAttributes,
  inputs: readonly TypedArray[],
  like: TypedArray,
): TypedArray {
  const fresh = (): TypedArray => new (like.constructor as new (size: number) => TypedArray)(like.length);
  if (inputs.length !== strides.length) throw new Error(`${inputs.length} inputs for ${strides.length} strides`);
  const known = inputs.map((input, i) => {
    if (input.constructor !== like.constructor) throw new Error("a body mixes element types");
    const whole = fresh();
    copy({ shape, strides: strides[i]! }, [input], whole);
    return whole;
  });
  for (const { fn, arguments: operands } of body) {
    const out = fresh();
    const arrays = operands.map((operand) => {
      if (!known[operand]) throw new Error(`argument ${operand} of ${fn} is not there yet`);
      return known[operand];
    });
    elementwise({ fn, shape, strides: arrays.map(() => stridesOf(shape)) }, arrays, out);
    known.push(out);
  }
  return known.at(-1)!;
}
