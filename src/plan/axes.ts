/**
 * Strides under another shape of the same elements. An array is read in the order of an output; cutting an axis of that output in
 * two, or joining two, changes the strides but not what is read.
 */

import { sameShape, sizeOf } from "../core/shape.ts";

/** Strides of several inputs in one shape. */
export interface Reading {
  readonly shape: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Whether the strides step through the elements of `shape` in their order, one for one. */
export function isInOrder(strides: readonly number[], shape: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return shape.includes(0);
    step *= shape[axis]!;
  }
  return true;
}

/** Whether the strides step through an array in its order, staying at some elements repeatedly: what broadcasting does. */
export function isRepetition(strides: readonly number[], shape: readonly number[]): boolean {
  const moving = strides.flatMap((stride, axis) => (stride === 0 ? [] : [axis]));
  return isInOrder(
    moving.map((axis) => strides[axis]!),
    moving.map((axis) => shape[axis]!),
  );
}

/** The fewest axes: those of length 1 say nothing, and two that every input steps through as through one become one. */
export function joinAxes({ shape, strides }: Reading): Reading {
  if (shape.includes(0)) return { shape: [0], strides: strides.map(() => [0]) };
  const joined: number[] = [];
  const moves: number[][] = strides.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    if (joined.length > 0 && strides.every((s, i) => s[axis] === moves[i]![0]! * joined[0]!)) joined[0]! *= length;
    else {
      joined.unshift(length);
      strides.forEach((s, i) => {
        moves[i]!.unshift(s[axis]!);
      });
    }
  }
  return { shape: joined, strides: moves };
}

/** Axes that cut both shapes, as few as there can be; `null` where a cut of one is none of the other's, or for other sizes. */
export function commonAxes(a: readonly number[], b: readonly number[]): readonly number[] | null {
  if (sameShape(a, b)) return a;
  if (sizeOf(a) !== sizeOf(b)) return null;
  if (a.includes(0)) return [0];
  const common: number[] = [];
  let [i, j, left, right] = [a.length, b.length, 1, 1];
  for (;;) {
    while (left === 1 && i > 0) left = a[--i]!;
    while (right === 1 && j > 0) right = b[--j]!;
    if (left === 1 && right === 1) return common;
    const length = Math.min(left, right);
    if (left % length !== 0 || right % length !== 0) return null;
    common.unshift(length);
    left /= length;
    right /= length;
  }
}

/** `strides` in `from` as strides in `to`, the same axes cut further; `null` if they are not. Axes of length 1 get stride 0. */
export function cutAxes(strides: readonly number[], from: readonly number[], to: readonly number[]): number[] | null {
  const cut = to.map(() => 0);
  if (to.includes(0)) return cut;
  let axis = to.length;
  for (let i = from.length - 1; i >= 0; i--) {
    let left = from[i]!;
    let step = strides[i]!;
    while (left > 1) {
      const length = to[--axis];
      if (length === undefined || left % length !== 0) return null;
      if (length === 1) continue;
      cut[axis] = step;
      step *= length;
      left /= length;
    }
  }
  return cut;
}
