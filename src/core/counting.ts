import type { TypedArray } from "./dtype.ts";

/** What arrays have in common that are all `first + t · step`, the longer ones going on where the others end; `null` if they are not. */
export function countOf(arrays: readonly TypedArray[]): { readonly first: number; readonly step: number } | null {
  const [start, next] = arrays[0]!;
  if (start === undefined || next === undefined) return null;
  const [first, step] = [Number(start), Number(next) - Number(start)];
  const counts = arrays.every((array) =>
    array.every((number: number | bigint, t: number) => Number(number) === first + t * step),
  );
  return counts ? { first, step } : null;
}
