import type { Tensor } from "atrous";
import { expect } from "vitest";

/** The shape, and every number within `tolerance` of the largest. */
export function expectClose(actual: Tensor, expected: Tensor, tolerance: number, what: string): void {
  expect([...actual.shape], what).toEqual([...expected.shape]);
  const [got, wanted] = [actual, expected].map((each) => Array.from(each.dataSync<never>(), Number)) as [
    number[],
    number[],
  ];
  const scale = Math.max(1e-6, ...wanted.filter(Number.isFinite).map(Math.abs));
  const worst = got.findIndex(
    (number, i) => !Object.is(number, wanted[i]) && !(Math.abs(number - wanted[i]!) <= tolerance * scale),
  );
  if (worst >= 0)
    expect.fail(`${what}: element ${worst} is ${got[worst]}, expected ${wanted[worst]} ± ${tolerance * scale}`);
}
