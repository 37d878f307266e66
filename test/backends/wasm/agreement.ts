import fc from "fast-check";
import { expect } from "vitest";
import type { ReferenceKernel } from "../../../src/backends/reference/kernels.ts";
import type { EmitKernel } from "../../../src/backends/wasm/emission.ts";
import { allocate, type DType, type TypedArray } from "../../../src/core/dtype.ts";
import { reals } from "../../properties/arbitraries.ts";
import { runKernel } from "./runKernel.ts";

export const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** A seed, and how many of the numbers are special: signed zeros, NaN, infinities, equal ones. */
export const contents = fc.record({ seed: fc.nat(), special: fc.constantFrom(0, 0, 0.1, 0.5) });

export interface Contents {
  readonly seed: number;
  readonly special: number;
}

const SPECIAL = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 1, -1e-45];

export function floats({ seed, special }: Contents, size: number): Float32Array {
  const next = reals(seed);
  const pick = reals(seed + 1);
  return Float32Array.from({ length: size }, () => {
    const chance = Math.abs(pick() * 1000) % 1;
    return chance < special ? SPECIAL[Math.floor((chance / special) * SPECIAL.length)]! : next();
  });
}

export const integers = ({ seed }: Contents, size: number): Int32Array =>
  Int32Array.from(floats({ seed, special: 0 }, size), (value) => value * 1e6);

/** What both make of the same inputs: the emitted kernel, with memory around it watched, and the reference. */
export function both<A>(
  emit: EmitKernel<A>,
  reference: ReferenceKernel<A>,
  attributes: A,
  inputs: readonly TypedArray[],
  outType: DType,
  outSize: number,
): { actual: TypedArray; expected: TypedArray } {
  const expected = allocate(outType, outSize);
  reference(attributes, inputs, expected);
  return { actual: runKernel(emit, attributes, inputs, outType, outSize), expected };
}

/** Equality of every bit, but for the bits inside a NaN. */
export function expectSame<A>(...kernel: Parameters<typeof both<A>>): void {
  const { actual, expected } = both(...kernel);
  const differs = expected.findIndex((value, i) => !Object.is(value, actual[i]));
  if (differs >= 0) expect({ at: differs, is: actual[differs] }).toEqual({ at: differs, is: expected[differs] });
}
