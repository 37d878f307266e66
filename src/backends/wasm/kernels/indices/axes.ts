import { joinAxes } from "../../../../plan/axes.ts";

/** An axis of a loop nest: its length, and how far each array moves along it. */
export interface Axis {
  readonly length: number;
  readonly strides: readonly number[];
}

/** The axes of a loop nest over arrays of these strides in `shape`, as few as visit the same places in the same order. */
export function fewestAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Axis[] {
  const joined = joinAxes({ shape, strides });
  return joined.shape.map((length, axis) => ({ length, strides: joined.strides.map((moves) => moves[axis]!) }));
}
