import { OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { checkShape, type Shape } from "../core/shape.ts";

/** What is said of a network's inputs: the shape of the one, or a list of the shapes of several. */
export type InputShapes = readonly number[] | readonly (readonly number[])[];

/** Each of the shapes, for the function named `op`. */
export function shapesOf(op: string, shape: InputShapes): Shape[] {
  if (!Array.isArray(shape)) throw new OptionTypeError(`${op}: shape must be an array, got ${show(shape)}`);
  const several = shape.length > 0 && shape.every((entry) => Array.isArray(entry));
  const shapes = (several ? shape : [shape]) as readonly number[][];
  return shapes.map((each) => [...checkShape(op, each)]);
}
