/** Several steps in one module: those whose loops have one shape share functions, and none gets another one's numbers. */
import { expect, test } from "vitest";
import type { ReferenceKernel } from "../../../src/backends/reference/kernels.ts";
import { concat, copy, gather, scatterAdd } from "../../../src/backends/reference/movement.ts";
import { sum } from "../../../src/backends/reference/sum.ts";
import { argmaxWindow, put, take } from "../../../src/backends/reference/window.ts";
import { i32 } from "../../../src/backends/wasm/assembler/index.ts";
import type { EmitKernel } from "../../../src/backends/wasm/emission.ts";
import { emitArgmaxWindow } from "../../../src/backends/wasm/kernels/argmaxWindow.ts";
import { emitConcat } from "../../../src/backends/wasm/kernels/concat.ts";
import { emitCopy } from "../../../src/backends/wasm/kernels/copy.ts";
import { emitGather } from "../../../src/backends/wasm/kernels/gather.ts";
import { emitPut } from "../../../src/backends/wasm/kernels/put.ts";
import { emitScatterAdd } from "../../../src/backends/wasm/kernels/scatterAdd.ts";
import { emitSum } from "../../../src/backends/wasm/kernels/sum.ts";
import { emitTake } from "../../../src/backends/wasm/kernels/take.ts";
import { allocate, type DType, dtypeOf, type TypedArray } from "../../../src/core/dtype.ts";
import { sizeOf, stridesOf } from "../../../src/core/shape.ts";
import { floats } from "./agreement.ts";
import { runKernel } from "./runKernel.ts";

interface Step {
  readonly emit: EmitKernel<never>;
  readonly reference: ReferenceKernel<never>;
  readonly attributes: unknown;
  readonly inputs: readonly TypedArray[];
  readonly out: TypedArray;
}

const step = <A>(
  emit: EmitKernel<A>,
  reference: ReferenceKernel<A>,
  attributes: A,
  inputs: readonly TypedArray[],
  size: number,
  type: DType = "float32",
): Step => ({ emit, reference, attributes, inputs, out: allocate(type, size) });

const numbers = (seed: number, size: number): Float32Array => floats({ seed, special: 0 }, size);

/** Every combination of the values of each name: steps that differ in one integer alone. */
function combinations<const T extends Record<string, readonly unknown[]>>(
  values: T,
): { readonly [K in keyof T]: T[K][number] }[] {
  return Object.entries(values).reduce<Record<string, unknown>[]>(
    (found, [name, options]) => found.flatMap((one) => options.map((option) => ({ ...one, [name]: option }))),
    [{}],
  ) as { readonly [K in keyof T]: T[K][number] }[];
}

const few = { outer: [1, 2], length: [3, 4, 5], inner: [1, 2] } as const;
const axis = { outer: [1, 2], length: [23, 24], inner: [1, 2] } as const;

/** Maps that differ in one number of a segment, and some that need a table. */
const indices = combinations({
  count: [4, 8],
  from: [0, 1],
  by: [0, 1, 2],
  times: [1, 2],
  zeros: [0, 1],
  tabled: [0, 60],
  twice: [false, true],
}).map(({ count, from, by, times, zeros, tabled, twice }) =>
  Int32Array.from([
    ...new Array<number>(zeros).fill(-1),
    ...Array.from({ length: count }, (_, j) => from + by * Math.floor(j / times)),
    ...Array.from({ length: twice ? count : 0 }, (_, j) => from + by * Math.floor(j / times)),
    ...Array.from({ length: tabled }, (_, j) => (j % 3 === 0 && from ? -1 : (j * j * 5) % 23)),
  ]),
);

const gathers = combinations({ ...axis, index: indices }).map(({ outer, length, inner, index }, seed) =>
  step(
    emitGather,
    gather,
    { outer, length, inner, index },
    [numbers(seed, outer * length * inner)],
    outer * index.length * inner,
  ),
);

const scatters = combinations({ ...axis, index: indices }).map(({ outer, length, inner, index }, seed) =>
  step(
    emitScatterAdd,
    scatterAdd,
    { outer, length, inner, index },
    [numbers(seed, outer * index.length * inner)],
    outer * length * inner,
  ),
);

const copies = combinations({
  ...few,
  repeated: [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]],
  order: [
    [0, 1, 2],
    [0, 2, 1],
    [2, 1, 0],
  ],
}).map(({ outer, length, inner, repeated, order }, seed) => {
  const repeats = (axis: number): boolean => (repeated as readonly number[]).includes(axis);
  const shape = [outer, length, inner];
  const x = shape.map((n, axis) => (repeats(axis) ? 1 : n));
  const strides = stridesOf(x).map((stride, axis) => (repeats(axis) ? 0 : stride));
  const attributes = { shape: order.map((axis) => shape[axis]!), strides: order.map((axis) => strides[axis]!) };
  return step(emitCopy, copy, attributes, [numbers(seed, sizeOf(x))], sizeOf(shape));
});

const sums = combinations({ ...few, kept: [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] }).map(
  ({ outer, length, inner, kept }, seed) => {
    const keeps = (axis: number): boolean => (kept as readonly number[]).includes(axis);
    const shape = [outer, length, inner];
    const outShape = shape.map((n, axis) => (keeps(axis) ? n : 1));
    const outStrides = stridesOf(outShape).map((stride, axis) => (keeps(axis) ? stride : 0));
    // Small integers: their sums are exact in any order.
    const x = numbers(seed, sizeOf(shape)).map((value) => Math.round(value) % 8);
    return step(emitSum, sum, { shape, outStrides }, [x], sizeOf(outShape));
  },
);

const concats = combinations({ ...few, other: [1, 2] }).map(({ outer, length, inner, other }, seed) => {
  const [a, b] = [outer * length * inner, outer * other * inner];
  const attributes = { outer, lengths: [length, other], inner };
  return step(emitConcat, concat, attributes, [numbers(seed, a), numbers(seed + 1, b)], a + b);
});

const windows = combinations({
  rows: [1, 2],
  length: [12, 13],
  outLength: [5, 6],
  kernelSize: [2, 3],
  stride: [1, 2],
  dilation: [1, 2],
  padBefore: [0, 1],
}).map((geometry, seed) => {
  const { rows, length, outLength } = geometry;
  return step(emitArgmaxWindow, argmaxWindow, geometry, [numbers(seed, rows * length)], rows * outLength, "int32");
});

const picks = combinations(few).flatMap(({ outer: rows, length, inner: count }, seed) => {
  const attributes = { rows, length, count };
  const x = numbers(seed, rows * length);
  // Some lie outside, where the two element types of `take` differ.
  const index = Int32Array.from({ length: rows * count }, (_, i) => ((i + seed) % (2 * length)) - 1);
  return [
    step(emitTake, take, attributes, [x, index], rows * count),
    step(emitTake, take, attributes, [Int32Array.from(x), index], rows * count, "int32"),
    step(emitPut, put, attributes, [numbers(seed, rows * count), index], rows * length),
  ];
});

/** Where arrays are that follow each other, each on 64 bytes; the last number is where they end. */
function places(arrays: readonly TypedArray[]): number[] {
  const starts = [0];
  for (const { byteLength } of arrays) starts.push(starts.at(-1)! + 64 * Math.ceil(byteLength / 64));
  return starts;
}

/** The steps as one kernel, which finds all arrays in its one input, and writes all results to its output. */
const together: EmitKernel<readonly Step[]> = (emission, steps, { inputs: [base], out }) => {
  const sources = places(steps.flatMap(({ inputs }) => inputs));
  const targets = places(steps.map(({ out }) => out));
  let next = 0;
  return steps.map(({ emit, attributes, inputs, out: result }, i) => {
    const operands = {
      inputs: inputs.map(() => i32.add(base!, sources[next++]!)),
      out: i32.add(out, targets[i]!),
      inputTypes: inputs.map((array) => dtypeOf(array)!),
      outType: dtypeOf(result)!,
    };
    return emit(emission, attributes as never, operands)!;
  });
};

test.each(Object.entries({ gathers, scatters, copies, sums, concats, windows, picks }))(
  "%s of one module keep apart",
  (_, steps) => {
    const inputs = steps.flatMap(({ inputs }) => inputs);
    const sources = places(inputs);
    const all = new Uint8Array(sources.at(-1)!);
    inputs.forEach((input, i) => {
      all.set(new Uint8Array(input.buffer), sources[i]);
    });
    const targets = places(steps.map(({ out }) => out));
    const results = runKernel(together, steps, [new Int32Array(all.buffer)], "int32", targets.at(-1)! / 4);
    for (const [i, { reference, attributes, inputs, out }] of steps.entries()) {
      reference(attributes as never, inputs, out);
      const bits = new Int32Array(results.buffer, targets[i], out.length);
      expect(bits, `step ${i}`).toEqual(new Int32Array(out.buffer));
    }
  },
);
