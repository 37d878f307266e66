import { OptionError, OptionTypeError, ShapeError } from "./errors.ts";
import { show } from "./options.ts";

/** Lengths of the axes, outermost first. Storage is always contiguous in this order (row-major). */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

export function checkShape(op: string, shape: unknown): Shape {
  if (!Array.isArray(shape)) throw new OptionTypeError(`${op}: shape must be an array of lengths, got ${typeof shape}`);
  for (const length of shape)
    if (!Number.isSafeInteger(length) || length < 0)
      throw new OptionError(`${op}: every length in a shape must be a non-negative integer, got ${showShape(shape)}`);
  return shape.slice();
}

/** Steps in storage from one index to the next, per axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** An axis counted from the end when negative, as everywhere in NumPy and PyTorch. */
export function resolveAxis(op: string, axis: unknown, rank: number): number {
  if (typeof axis !== "number" || !Number.isInteger(axis))
    throw new OptionTypeError(`${op}: an axis must be an integer, got ${show(axis)}`);
  if (axis < -rank || axis >= rank)
    throw new ShapeError(`${op}: axis ${axis} is outside ${-rank}..${rank - 1} (rank ${rank})`);
  return axis < 0 ? axis + rank : axis;
}

/** Several distinct axes, ascending; all of them when none is named. */
export function resolveAxes(op: string, axes: unknown, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  if (typeof axes !== "number" && !Array.isArray(axes))
    throw new OptionTypeError(`${op}: axes must be an integer or an array of integers, got ${show(axes)}`);
  const resolved = [axes].flat().map((axis) => resolveAxis(op, axis, rank));
  if (new Set(resolved).size !== resolved.length)
    throw new ShapeError(`${op}: axes ${showShape(resolved)} name one axis twice`);
  return resolved.sort((a, b) => a - b);
}

/** NumPy's rule: shapes are aligned at the end, and a length of 1 repeats. */
export function broadcastShapes(op: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes)
    shape.forEach((length, i) => {
      const axis = rank - shape.length + i;
      if (length === 1) return;
      if (result[axis] !== 1 && result[axis] !== length)
        throw new ShapeError(
          `${op}: shapes ${shapes.map(showShape).join(" and ")} do not broadcast (${result[axis]} against ${length} on axis ${axis - rank})`,
        );
      result[axis] = length;
    });
  return result;
}

/** Strides that read `from` as if it had shape `to`: 0 where an axis repeats. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]!));
}

/** A shape split around one axis: `outer` blocks, each `length` rows of `inner` contiguous elements. */
export function splitAt(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}
