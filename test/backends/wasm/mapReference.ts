import { elementwise } from "../../../src/backends/reference/elementwise.ts";
import { emitMap } from "../../../src/backends/wasm/kernels/map/index.ts";
import type { Instruction, ScalarFunction } from "../../../src/core/kernels.ts";
import { sizeOf, stridesOf } from "../../../src/core/shape.ts";
import type { MapAttributes } from "../../../src/plan/plan.ts";
import { runKernel } from "./runKernel.ts";

/** A chain by the reference kernels, one function after the other, each result stored. */
export function mapByReference({ shape, strides, body }: MapAttributes, inputs: readonly Float32Array[]): Float32Array {
  const arrays = [...inputs];
  const moves = [...strides];
  for (const { fn, arguments: read } of body) {
    const out = new Float32Array(sizeOf(shape));
    // A unary function is of whole arrays there.
    const operands = read.map((i) => broadcast(arrays[i]!, shape, moves[i]!));
    elementwise({ fn, shape, strides: read.map(() => stridesOf(shape)) }, operands, out);
    arrays.push(out);
    moves.push(stridesOf(shape));
  }
  return arrays.at(-1)!;
}

function broadcast(array: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const positions = shape.reduce<number[]>(
    (offsets, length, axis) =>
      offsets.flatMap((offset) => Array.from({ length }, (_, i) => offset + i * strides[axis]!)),
    [0],
  );
  return Float32Array.from(positions, (position) => array[position]!);
}

/** The chain by the kernel, between guards. */
export function mapByKernel(
  attributes: MapAttributes,
  inputs: readonly Float32Array[],
  options?: { inPlace?: number },
): Float32Array {
  const size = sizeOf(attributes.shape);
  return runKernel(emitMap, attributes, inputs, "float32", size, options) as Float32Array;
}

/** One function of arrays of equal length, by the kernel. */
export const apply = (fn: ScalarFunction, ...inputs: Float32Array[]): Float32Array =>
  mapByKernel(
    {
      shape: [inputs[0]!.length],
      strides: inputs.map(() => [1]),
      body: [{ fn, arguments: inputs.map((_, i) => i) }],
    },
    inputs,
  );

/** One function of arrays of equal length, in double. */
export function applyInDouble(fn: ScalarFunction, ...inputs: Float32Array[]): Float64Array {
  const shape = [inputs[0]!.length];
  const out = new Float64Array(shape[0]!);
  elementwise(
    { fn, shape, strides: inputs.map(() => [1]) },
    inputs.map((input) => Float64Array.from(input)),
    out,
  );
  return out;
}

/** `function(argument, …)` of a chain. */
export const step = (fn: ScalarFunction, ...read: number[]): Instruction => ({ fn, arguments: read });

/** The first place where two arrays differ in a bit, the payloads of NaNs aside; −1 if there is none. */
export function firstDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length);
  return actual.findIndex((value, i) => !Object.is(value, expected[i]));
}

/** Numbers that are easily got wrong: zeros, infinities, NaNs of both signs, subnormals, limits, integers, halves, ties. */
export const edges: Float32Array = (() => {
  const bits = [0x7fc00000, 0xffc00000, 0x7f800001, 0x7f800000, 0x7f7fffff, 0x00000001, 0x007fffff, 0x00800000];
  const negative = bits.map((word) => word ^ 0x80000000);
  const special = new Float32Array(Int32Array.from([...bits, ...negative]).buffer);
  const numbers = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4.5, 7, 10, 88.5, 103.9, 8388607.5, 8388608, 16777215];
  const large = [16777216, 1e9, 4294967296, 1e30];
  const ordinary = [...numbers, ...large].flatMap((x) => [x, -x]);
  return Float32Array.from([...special, ...ordinary, ...numbers.map((x) => x * (1 + 2 ** -23))]);
})();

/** Every sign and exponent with `count` mantissas, evenly spread but for a wobble, and the first and the last. */
export function sweep(count: number): Float32Array {
  const words: number[] = [];
  for (let high = 0; high < 512; high++) {
    words.push(high << 23, (high << 23) | 0x7fffff);
    for (let i = 0; i < count; i++)
      words.push((high << 23) | Math.floor(((i + ((high * 0.618 + i * 0.755) % 1)) / count) * 0x800000));
  }
  return new Float32Array(Int32Array.from(words).buffer);
}
