import { ShapeError } from "../../core/errors.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import type { KernelRule } from "./rule.ts";

export interface RegroupParameters {
  readonly up: number;
  readonly down: number;
  /** The result's lengths around time. */
  readonly outer: readonly number[];
  readonly inner: readonly number[];
}

type P = RegroupParameters;

/** A reshape that puts neighbouring elements of another axis into time (`up` to a sample), or `down` samples out of it. */
export const regroupRule: KernelRule<P> = {
  ready: ({ up, down }, n) => Math.floor((n * up) / down),
  length: ({ up, down }, n) => {
    if ((n * up) % down === 0) return (n * up) / down;
    throw new ShapeError(`reshape: ${n} samples cannot be put into groups of ${down}`);
  },
  pace: ({ up, down }, tail) => ({ up, down, low: (down - 1) / down, high: 0, tail: Math.floor((tail * up) / down) }),
  reach: ({ up, down }, from, to) => [Math.floor((from * down) / up), Math.ceil((to * down) / up)],
  unit: ({ up }) => ({ size: up, first: 0 }),
  window: ({ down }) => ({ step: down, offset: 0, extra: 0 }),
  build: ({ up, outer, inner }, window, _fixed, count): Tensor => reshape(window, [...outer, count * up, ...inner]),
};
