import type { TypedArray } from "../../core/dtype.ts";
import type { KernelCall, Kernels } from "../../core/kernels.ts";
import { conv1d } from "./conv1d.ts";
import { conv1dInput } from "./conv1dInput.ts";
import { conv1dWeight } from "./conv1dWeight.ts";
import { cumsum } from "./cumsum.ts";
import { elementwise } from "./elementwise.ts";
import { cast, concat, copy, gather, scatterAdd } from "./movement.ts";
import { recurrence } from "./recurrence.ts";
import { sum } from "./sum.ts";
import { argmaxWindow, put, take } from "./window.ts";

/** Fills `out`, which arrives full of zeros. */
export type ReferenceKernel<A> = (attributes: A, inputs: readonly TypedArray[], out: TypedArray) => void;

const kernels: { readonly [K in keyof Omit<Kernels, "alias">]: ReferenceKernel<Kernels[K]> } = {
  conv1d,
  conv1dInput,
  conv1dWeight,
  gather,
  scatterAdd,
  copy,
  elementwise,
  sum,
  concat,
  argmaxWindow,
  take,
  put,
  recurrence,
  cumsum,
  cast,
};

/** Runs one kernel of the closed list. */
export function runKernel(
  { kernel, attributes }: Exclude<KernelCall, { kernel: "alias" }>,
  inputs: readonly TypedArray[],
  out: TypedArray,
): void {
  (kernels[kernel] as ReferenceKernel<unknown>)(attributes, inputs, out);
}
