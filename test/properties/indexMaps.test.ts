import { gradients, type Tensor } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maxWindow } from "../../src/ops/pooling/maxWindow.ts";
import { gather, scatterAdd } from "../../src/ops/shape/gather.ts";
import { dot, filled, integers, RUNS, seeds } from "./arbitraries.ts";

const numbersOf = (x: Tensor): number[] => [...(x.dataSync() as Float64Array)];
const meaning = { kind: "index" } as const;

/** A shape of one to three axes, one of them, and an index map on it with repeats and gaps (−1). */
const maps = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
  .chain((shape) => fc.record({ shape: fc.constant(shape), axis: fc.nat(shape.length - 1) }))
  .chain(({ shape, axis }) =>
    fc.record({
      shape: fc.constant(shape),
      axis: fc.constant(axis),
      index: fc.array(fc.integer({ min: -1, max: shape[axis]! - 1 }), { minLength: 1, maxLength: 9 }),
    }),
  );

test("⟨gather(x), g⟩ = ⟨x, scatterAdd(g)⟩, and each is the other's gradient", () => {
  fc.assert(
    fc.property(maps, seeds, ({ shape, axis, index }, seed) => {
      const next = integers(seed);
      const map = Int32Array.from(index);
      const length = shape[axis]!;
      const x = filled(shape, next);
      const g = filled(shape.with(axis, index.length), next);
      const read = gather(x, axis, map, meaning);
      const added = scatterAdd(g, axis, map, length, meaning);
      expect(dot(read, g)).toBe(dot(x, added));
      expect(numbersOf(gradients(read, [x], { gradOutput: g })[0]!)).toEqual(numbersOf(added));
      expect(numbersOf(gradients(added, [g], { gradOutput: x })[0]!)).toEqual(numbersOf(read));
    }),
    RUNS,
  );
});

test("gather reads what the map says, element by element", () => {
  fc.assert(
    fc.property(maps, seeds, ({ shape, axis, index }, seed) => {
      const x = filled(shape, integers(seed));
      const read = gather(x, axis, Int32Array.from(index), meaning);
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const [from, length] = [numbersOf(x), shape[axis]!];
      const expected = numbersOf(read).map((_, at) => {
        const [outer, q, b] = [
          Math.floor(at / inner / index.length),
          Math.floor(at / inner) % index.length,
          at % inner,
        ];
        return index[q]! < 0 ? 0 : from[(outer * length + index[q]!) * inner + b]!;
      });
      expect(numbersOf(read)).toEqual(expected);
    }),
    RUNS,
  );
});

const windows = fc
  .record({
    rows: fc.integer({ min: 1, max: 4 }),
    length: fc.integer({ min: 1, max: 14 }),
    kernelSize: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    padBefore: fc.nat(2),
  })
  .filter(
    ({ length, kernelSize, dilation, padBefore }) => padBefore < kernelSize && length > dilation * (kernelSize - 1),
  );

test("take and put, the two halves of a maximum: ⟨take(x), g⟩ = ⟨x, put(g)⟩, and the gradient of put is take", () => {
  fc.assert(
    fc.property(windows, seeds, ({ rows, length, ...settings }, seed) => {
      const { kernelSize, stride, dilation, padBefore } = settings;
      const outLength = Math.floor((length - 1 - dilation * (kernelSize - 1)) / stride) + 1;
      // Taps before the signal never win: the window must meet the signal somewhere, which the first one must do too.
      fc.pre(dilation * (kernelSize - 1) >= padBefore);
      const next = integers(seed);
      const x = filled([rows, length], next);
      const g = filled([rows, outLength], next);
      const taken = maxWindow(x, { ...settings, outLength });
      const [put] = gradients(taken, [x], { gradOutput: g });
      expect(dot(taken, g)).toBe(dot(x, put!));
      const other = filled([rows, length], next);
      const [read] = gradients(put!, [g], { gradOutput: other });
      expect(dot(read!, g)).toBe(dot(other, put!));

      const from = numbersOf(x);
      const expected = numbersOf(taken).map((_, at) => {
        const [row, t] = [Math.floor(at / outLength), at % outLength];
        const positions = Array.from({ length: kernelSize }, (_, k) => t * stride + k * dilation - padBefore);
        return Math.max(...positions.flatMap((p) => (p >= 0 && p < length ? [from[row * length + p]!] : [])));
      });
      expect(numbersOf(taken)).toEqual(expected);
    }),
    RUNS,
  );
});
