/** GatherND: an index for several axes at once. PyTorch writes interpolation so. */
import { type Shape, showShape, sizeOf, stridesOf } from "../../../../core/shape.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import type { Call } from "../call.ts";
import { gathered, reshaped } from "../folding/movement.ts";
import type { Operators } from "../operator.ts";
import { picked } from "../picked.ts";

export const points: Operators = {
  GatherND: {
    known: [1],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const { flat, places, indexShape } = pointsOf(call, x.shape);
      return gathered(call, reshaped(x, flat), 0, places, indexShape);
    },
    build: (call) => {
      const x = call.tensor(0);
      const { flat, places, indexShape } = pointsOf(call, x.shape);
      const taken = picked(reshape(x, flat), 0, Int32Array.from(places));
      return reshape(taken, [...indexShape, ...flat.slice(1)]);
    },
  },
};

/** The first axes as one, which an index is for, and the places along it. */
interface Points {
  readonly flat: Shape;
  readonly places: readonly number[];
  readonly indexShape: Shape;
}

function pointsOf(call: Call, shape: Shape): Points {
  const skipped = call.integer("batch_dims", 0);
  if (skipped !== 0) call.fail(`batch_dims ${skipped} is not read here, only 0`);
  const given = call.knownIntegers(1, "indices") ?? call.fail("it says no indices");
  const indexShape = call.value(1).shape;
  const count = indexShape.at(-1) ?? 0;
  if (count < 1 || count > shape.length)
    call.fail(`indices of shape ${showShape(indexShape)} are no places in an input of shape ${showShape(shape)}`);
  const lengths = shape.slice(0, count);
  const strides = stridesOf(lengths);
  const places = Array.from({ length: given.length / count }, (_, point) =>
    lengths.reduce(
      (place, length, axis) => place + call.index(given[point * count + axis]!, length) * strides[axis]!,
      0,
    ),
  );
  return { flat: [sizeOf(lengths), ...shape.slice(count)], places, indexShape: indexShape.slice(0, -1) };
}
