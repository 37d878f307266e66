/** Known numbers put elsewhere: views, selections, and several of them in a row. */
import { type Shape, sizeOf, splitAt } from "../../../../core/shape.ts";
import type { Call } from "../call.ts";
import { Known } from "../known.ts";
import { placesIn } from "./elementwise.ts";
import { knownSize } from "./numbers.ts";

export const reshaped = (x: Known, shape: Shape): Known => new Known(x.numbers, shape, x.dtype);

/** The elements at `offset + Σ index·stride`: transposed, sliced, reversed, repeated. */
export function strided(call: Call, x: Known, shape: Shape, strides: readonly number[], offset = 0): Known {
  const places = placesIn(shape, strides, offset, knownSize(call, shape));
  const { numbers } = x;
  return new Known(
    Array.from(places, (place) => numbers[place]!),
    shape,
    x.dtype,
  );
}

/** What is at the places `indices` of an axis, which have been checked; they take the axis' place with their own shape. */
export function gathered(call: Call, x: Known, axis: number, indices: readonly number[], indexShape: Shape): Known {
  const { outer, length, inner } = splitAt(x.shape, axis);
  const shape = x.shape.toSpliced(axis, 1, ...indexShape);
  knownSize(call, shape);
  const numbers: number[] = [];
  for (let row = 0; row < outer; row++)
    for (const index of indices) {
      const from = (row * length + index) * inner;
      for (let i = 0; i < inner; i++) numbers.push(x.numbers[from + i]!);
    }
  return new Known(numbers, shape, x.dtype);
}

/** One after the other along an axis; all other lengths agree. */
export function joined(call: Call, parts: readonly Known[], axis: number, shape: Shape): Known {
  knownSize(call, shape);
  const numbers: number[] = [];
  const outer = sizeOf(shape.slice(0, axis));
  for (let row = 0; row < outer; row++)
    for (const part of parts) {
      const block = part.size / outer;
      for (let i = row * block; i < (row + 1) * block; i++) numbers.push(part.numbers[i]!);
    }
  return new Known(numbers, shape, parts[0]!.dtype);
}
