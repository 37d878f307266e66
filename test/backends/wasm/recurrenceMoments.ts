import { recurrence } from "../../../src/backends/reference/recurrence.ts";
import type { Recurrence } from "../../../src/core/kernels.ts";

/** The columns `from … to − 1` of rows of `length`. */
export const columns = (x: Float32Array, length: number, from: number, to: number): Float32Array =>
  x.filter((_, i) => i % length >= from && i % length < to);

/**
 * What the reference kernel makes of every moment of a recurrence from the states that `actual` has for the moment before: a recurrence
 * may make any two roundings of σ and tanh drift apart, but not within one moment.
 */
export function momentsOf(attributes: Recurrence, inputs: readonly Float32Array[], actual: Float32Array): Float32Array {
  const { batch, hidden, length, states } = attributes;
  const [gates, weight, ...rest] = inputs as [Float32Array, Float32Array, ...Float32Array[]];
  const initial = rest.pop()!;
  const expected = new Float32Array(actual.length);
  for (let t = 0; t < length; t++) {
    const before = t === 0 ? initial : columns(actual, length, t - 1, t);
    const made = new Float32Array(states * batch * hidden);
    recurrence({ ...attributes, length: 1 }, [columns(gates, length, t, t + 1), weight, ...rest, before], made);
    made.forEach((value, row) => {
      expected[row * length + t] = value;
    });
  }
  return expected;
}

const largest = (x: Float32Array): number => x.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);

/**
 * How far the states may be from those: a few units of the last place of σ and tanh, which are at most 1. In a GRU, which has a bias, the
 * reset gate multiplies products with the state, also where they are large: what is off there is off before tanh.
 */
export function momentTolerances(inputs: readonly Float32Array[], expected: Float32Array): Float64Array {
  const [, weight, bias, initial] = inputs as [Float32Array, Float32Array, Float32Array, Float32Array | undefined];
  const products = initial
    ? largest(bias) + (weight.length / bias.length) * largest(weight) * Math.max(largest(initial), largest(expected))
    : 0;
  return Float64Array.from(expected, (value) => 1e-6 * Math.max(1, Math.abs(value)) + 4 * 2 ** -24 * products);
}
