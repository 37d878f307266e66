import { broadcastShapes, broadcastStrides, type Shape } from "../../../../core/shape.ts";
import type { FileDType } from "../../../bytes/index.ts";
import type { Call } from "../call.ts";
import type { Known } from "../known.ts";
import { elementsOf, knownSize } from "./numbers.ts";

/** `fn` of every element of the broadcast inputs, in doubles, then rounded to `dtype`. */
export function foldElementwise(
  call: Call,
  inputs: readonly Known[],
  dtype: FileDType,
  fn: (...values: number[]) => number,
): Known {
  const shape = broadcastShapes(call.node.opType, ...inputs.map((input) => input.shape));
  const size = knownSize(call, shape);
  const places = inputs.map((input) => placesIn(shape, broadcastStrides(input.shape, shape), 0, size));
  const values = new Array<number>(inputs.length);
  const numbers = Array.from({ length: size }, (_, at) => {
    for (const [i, input] of inputs.entries()) values[i] = input.numbers[places[i]![at]!]!;
    return fn(...values);
  });
  return elementsOf(call, numbers, shape, dtype);
}

/** Where the elements of a view are, in row-major order: `offset + Σ index·stride`, `size` of them. */
export function placesIn(shape: Shape, strides: readonly number[], offset: number, size: number): Int32Array {
  const places = new Int32Array(size).fill(offset);
  let run = 1;
  // From the innermost axis: what is there already is one index of the next axis, and is repeated with its stride.
  for (let axis = shape.length - 1; axis >= 0 && size > 0; axis--) {
    const [length, stride] = [shape[axis]!, strides[axis]!];
    for (let index = 1; index < length; index++)
      for (let at = 0; at < run; at++) places[index * run + at] = places[at]! + index * stride;
    run *= length;
  }
  return places;
}
