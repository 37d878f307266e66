import { expect } from "vitest";
import { sizeOf, stridesOf } from "../../src/core/shape.ts";
import { isInOrder } from "../../src/plan/axes.ts";
import type { MapAttributes, Plan, Step } from "../../src/plan/plan.ts";

/** How many of a step's inputs are its kernel's. */
export const arity = ({ inputs, epilogue }: Step): number =>
  epilogue ? inputs.length - (epilogue.strides.length - 1) : inputs.length;

/** What `plan.ts` promises of every plan. */
export function checkPlan(plan: Plan): void {
  const { values, leaves, steps, outputs } = plan;
  expect(leaves.map(({ value }) => value)).toEqual(leaves.map((_, i) => i));
  expect(steps.map(({ output }) => output)).toEqual(steps.map((_, i) => leaves.length + i));
  expect(values.length).toBe(leaves.length + steps.length);
  for (const { value, fixed } of leaves) expect(values[value]!.fixed).toBe(fixed);
  const read = new Set(outputs);
  for (const { call, inputs, output, epilogue } of steps) {
    expect(Math.max(-1, ...inputs)).toBeLessThan(output);
    expect(values[output]!.fixed).toBe(inputs.every((input) => values[input]!.fixed));
    for (const input of inputs) read.add(input);
    if (call.kernel === "map") {
      checkBody(call.attributes, values[output]!.size);
      expect(new Set(inputs.map((input, i) => `${input}: ${call.attributes.strides[i]}`)).size).toBe(inputs.length);
      if (values[output]!.size > 0) expect(call.attributes.shape).not.toContain(1);
      expect(epilogue).toBeNull();
    }
    if (!epilogue) continue;
    checkBody(epilogue, values[output]!.size);
    expect(call.kernel).toMatch(/^conv1d/);
    expect(epilogue.shape).toHaveLength(3);
  }
  for (const { output } of steps) expect(read.has(output), `value ${output} is made for nothing`).toBe(true);
}

function checkBody({ shape, strides, body }: MapAttributes, size: number): void {
  expect(sizeOf(shape)).toBe(size);
  for (const moves of strides) {
    expect(moves.length).toBe(shape.length);
    for (const [axis, length] of shape.entries()) if (length === 1) expect(moves[axis]).toBe(0);
  }
  for (const { fn, arguments: read } of body)
    if (read.length === 1) expect(isInOrder(strides[read[0]!] ?? stridesOf(shape), shape), `${fn} repeats`).toBe(true);
  const used = new Set(body.flatMap((instruction) => instruction.arguments));
  const known = strides.length + body.length - 1;
  expect([...used].sort((a, b) => a - b)).toEqual(Array.from({ length: known }, (_, i) => i));
}
