import { type Tensor, tensor } from "atrous";
import fc from "fast-check";
import type { FloatDType } from "../../src/core/dtype.ts";
import type { Conv1dGeometry } from "../../src/core/geometry.ts";
import type { PaddingModeName } from "../../src/core/padding/index.ts";

/** Runs of a property. 300 geometries take about a second. */
export const RUNS = { numRuns: 300 };

export const MODES: readonly PaddingModeName[] = ["zeros", "reflect", "replicate", "circular"];

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/**
 * Any geometry a kernel may be given: also taps that lie outside the signal altogether, outputs fewer or more than the signal
 * has windows, and empty batches.
 */
export const geometries: fc.Arbitrary<Conv1dGeometry> = fc
  .record({
    batch: between(0, 3),
    groups: between(1, 3),
    inPerGroup: between(1, 3),
    outPerGroup: between(1, 3),
    kernelSize: between(1, 5),
    stride: between(1, 4),
    dilation: between(1, 3),
    padBefore: between(0, 8),
    xLength: between(1, 20),
    gLength: between(1, 12),
  })
  .map(({ inPerGroup, outPerGroup, ...rest }) => ({
    ...rest,
    inChannels: inPerGroup * rest.groups,
    outChannels: outPerGroup * rest.groups,
  }));

/** The sizes of a convolution as users give them; `length` is that of the long side. */
export const convolutions = fc
  .record({
    batch: fc.option(between(0, 3)),
    groups: between(1, 3),
    inPerGroup: between(1, 2),
    outPerGroup: between(1, 2),
    kernelSize: between(1, 5),
    stride: between(1, 4),
    dilation: between(1, 3),
    length: between(1, 16),
    padding: fc.oneof(
      between(0, 8),
      fc.tuple(between(0, 8), between(0, 8)),
      fc.constantFrom("valid" as const, "causal" as const, "same" as const),
    ),
    paddingMode: fc.constantFrom(...MODES),
  })
  .map(({ inPerGroup, outPerGroup, stride, padding, paddingMode, dilation, groups, ...rest }) => ({
    ...rest,
    inChannels: inPerGroup * groups,
    outChannels: outPerGroup * groups,
    weightShape: [outPerGroup * groups, inPerGroup, rest.kernelSize],
    options: { stride: padding === "same" ? 1 : stride, padding, paddingMode, dilation, groups },
  }));

export type Convolution = typeof convolutions extends fc.Arbitrary<infer T> ? T : never;

export const shapeOf = (batch: number | null, ...rest: number[]): number[] =>
  batch === null ? rest : [batch, ...rest];

/** A source of small integers: sums of their products are exact in both float types, so that identities hold as equalities. */
export const integers = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) % 9) - 4;
  };
};

/** A source of numbers of mixed signs and magnitudes, on which the order of a float32 sum shows. */
export const reals = (seed: number): (() => number) => {
  const next = integers(seed);
  return () => {
    let mantissa = 0;
    for (let i = 0; i < 8; i++) mantissa = mantissa / 9 + next();
    return mantissa * 2 ** (2 * next());
  };
};

export const seeds = fc.integer({ min: 0, max: 2 ** 31 });

export function filled(shape: readonly number[], next: () => number, dtype: FloatDType = "float64"): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  return tensor(
    data.map(() => next()),
    { shape, requiresGrad: true },
  );
}

/** ⟨a, b⟩ */
export function dot(a: Tensor, b: Tensor): number {
  const [left, right] = [a.dataSync(), b.dataSync()];
  if (String(a.shape) !== String(b.shape)) throw new Error(`⟨[${a.shape}], [${b.shape}]⟩`);
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += Number(left[i]) * Number(right[i]);
  return sum;
}
