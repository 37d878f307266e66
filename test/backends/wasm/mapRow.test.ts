import { expect, test } from "vitest";
import { i32, perform } from "../../../src/backends/wasm/assembler/index.ts";
import type { EmitKernel } from "../../../src/backends/wasm/emission.ts";
import { type RowInput, rowFunction } from "../../../src/backends/wasm/kernels/map/index.ts";
import type { Instruction } from "../../../src/core/kernels.ts";
import { firstDifference, step } from "./mapReference.ts";
import { runKernel } from "./runKernel.ts";

interface Row {
  body: readonly Instruction[];
  kinds: readonly RowInput[];
  count: number;
  /** Elements from the start of each array to the row. */
  at: readonly number[];
  outAt: number;
  /** Steps of the strided inputs, in elements. */
  steps: readonly number[];
}

const emitRow: EmitKernel<Row> = (emission, { body, kinds, count, at, outAt, steps }, { inputs, out }) =>
  perform(
    rowFunction(emission, body, kinds),
    i32.add(out, i32.const(4 * outAt)),
    i32.const(count),
    ...inputs.map((input, i) => i32.add(input, i32.const(4 * at[i]!))),
    ...steps.map((stride) => i32.const(4 * stride)),
  );

const x = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 5);
const y = Float32Array.from({ length: 100 }, (_, i) => Math.cos(i * 1.3) * 5);
const sum = [step("mul", 0, 1), step("sub", 2, 0)];
/** As `sum`, but longer than what is computed by two vectors at a time. */
const long = [...sum, step("neg", 3), step("neg", 4), step("neg", 5), step("neg", 6)];

/** Runs a row in an array full of 7, which must stay around the row. */
function run(row: Row): Float32Array {
  const out = new Float32Array(60).fill(7);
  const kept: EmitKernel<Row> = (emission, attributes, { inputs, ...rest }) =>
    emitRow(emission, attributes, { ...rest, inputs: inputs.slice(0, 2), out: inputs[2]! });
  return runKernel(kept, row, [x, y, out], "float32", 60, { inPlace: 2 }) as Float32Array;
}

function expectRow(row: Row, bOf: (i: number) => number, aOf = (i: number) => x[row.at[0]! + i]!): void {
  const expected = new Float32Array(60).fill(7);
  for (let i = 0; i < row.count; i++) expected[row.outAt + i] = Math.fround(Math.fround(aOf(i) * bOf(i)) - aOf(i));
  expect(firstDifference(run(row), expected), JSON.stringify(row)).toBe(-1);
}

const counts = [-4, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 24, 25];

test.each(counts)("%i elements at any address", (count) => {
  for (const body of [sum, long])
    for (const shift of [0, 1, 2, 3, 5]) {
      const at = [shift, (3 * shift + 1) % 8];
      const outAt = (shift * 2 + 1) % 7;
      expectRow({ body, kinds: ["vector", "vector"], count, at, outAt, steps: [] }, (i) => y[at[1]! + i]!);
      expectRow({ body, kinds: ["vector", "scalar"], count, at, outAt, steps: [] }, () => y[at[1]!]!);
    }
});

test.each(counts)("%i elements by steps in any direction", (count) => {
  for (const stride of [2, 3, 1, 0, -1, -3]) {
    const at = [4, stride < 0 ? 99 : 0];
    const row = { body: sum, at, count, outAt: 2 };
    expectRow({ ...row, kinds: ["vector", "strided"], steps: [stride] }, (i) => y[at[1]! + i * stride]!);
    expectRow(
      { ...row, kinds: ["strided", "strided"], steps: [2, stride] },
      (i) => y[at[1]! + i * stride]!,
      (i) => x[4 + 2 * i]!,
    );
  }
});

test("a step as large as it may be does not leave the memory", () => {
  const row = { body: sum, kinds: ["vector", "strided"], at: [0, 0], outAt: 0, steps: [2 ** 26] } as const;
  expectRow({ ...row, count: 1 }, () => y[0]!);
});
