import { type DType, F, gradients, type Tensor, tensor } from "atrous";
import { expect } from "vitest";
import { TOLERANCE } from "../oracle/closeness.ts";

/** Distinct weights for every position, those of the scripts in test/oracle. */
export const cotangent = (like: Tensor): Tensor =>
  tensor(
    Array.from({ length: like.size }, (_, i) => Number((1 - 0.37 * i + 0.013 * i * i).toFixed(4))),
    { shape: like.shape, dtype: like.dtype },
  );

export const weighed = (y: Tensor): Tensor => F.mul(y, cotangent(y)).sum();

export interface Measured {
  readonly output: readonly number[];
  readonly grads: readonly (readonly number[])[];
  readonly seconds?: readonly (readonly (number | null)[])[];
}

/** Compares with PyTorch's numbers, relative to the largest of them and at least 1. `null`: not compared. */
export function expectClose(
  actual: Tensor,
  expected: readonly (number | null)[],
  label: string,
  tolerance: number = TOLERANCE[actual.dtype as keyof typeof TOLERANCE],
): void {
  const values = Array.from(actual.dataSync(), Number);
  expect(values.length, label).toBe(expected.length);
  const scale = Math.max(1, ...expected.map((value) => Math.abs(value ?? 0)));
  const wrong = values.flatMap((value, i) => {
    const right = expected[i];
    const near = right === null || Math.abs(value - right!) <= tolerance * scale;
    return near ? [] : [`${label}[${i}]: ${value}, expected ${right}`];
  });
  expect(wrong).toEqual([]);
}

/** The output, the gradients and, where the fixture has them, the second gradients of `f` at `leaves`. */
export function expectMeasured(
  f: () => Tensor,
  leaves: readonly Tensor[],
  measured: Measured,
  gradientTolerance?: number,
): void {
  const y = f();
  expectClose(y, measured.output, "output");
  const grads = gradients(weighed(y), leaves);
  for (const [i, grad] of grads.entries()) expectClose(grad, measured.grads[i]!, `gradient ${i}`, gradientTolerance);
  if (!measured.seconds) return;
  const seconds = gradients(grads.map(weighed).reduce(F.add), leaves);
  for (const [i, second] of seconds.entries()) expectClose(second, measured.seconds[i]!, `second gradient ${i}`);
}

/** A float64 leaf. */
export const leaf = (values: Parameters<typeof tensor>[0], dtype: DType = "float64"): Tensor =>
  tensor(values, { dtype, requiresGrad: true });

/** Compares the gradient of `Σ c·f(x)` with central differences in float64, whose error is about h² ≈ 1e-9. */
export function expectSlopes(f: (x: Tensor) => Tensor, x: Tensor, tolerance = 1e-7): void {
  const h = 2 ** -15;
  const values = Array.from(x.dataSync(), Number);
  const at = (i: number, step: number): number =>
    weighed(f(tensor(Float64Array.from(values.with(i, values[i]! + step)), { shape: x.shape }))).item();
  const slopes = values.map((_, i) => (at(i, h) - at(i, -h)) / (2 * h));
  expectClose(gradients(weighed(f(x)), [x])[0]!, slopes, "slope", tolerance);
}

/** What `f` gives for a single number, and the slope there. */
export function valueAndSlope(f: (x: Tensor) => Tensor, at: number): [number, number] {
  const x = leaf([at]);
  const y = f(x);
  return [y.item(), gradients(y, [x])[0]!.item()];
}
