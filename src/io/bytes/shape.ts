import type { Fail } from "./fail.ts";

/** An integer that counts something, and that a double holds exactly. −0, which a text may spell, is none. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);

/** More axes than PyTorch and NumPy know, and few enough that a list of them costs nothing: a file has room for millions, and messages write shapes down. */
export const MAX_RANK = 64;

/** The number of elements of a shape that a file declares. Nothing is allocated for it. @throws through `fail` */
export function elementCount(shape: readonly number[], fail: Fail): number {
  if (shape.some((length) => !isCount(length)))
    return fail(`shape [${shape.join(", ")}] has something else than non-negative integers`);
  // An axis of length 0 makes any others harmless.
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, length) => product * length, 1);
  return isCount(count) ? count : fail(`shape [${shape.join(", ")}] has more elements than can be counted`);
}
