/** SequenceAt, over the inputs of the SplitToSequence that it picks from. */

import { type Shape, showShape, stridesOf } from "../../../../core/shape.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { slice } from "../../../../ops/shape/slice.ts";
import type { Call } from "../call.ts";
import { reshaped, strided } from "../folding/movement.ts";
import type { Operators } from "../operator.ts";

export const sequences: Operators = {
  SequenceAt: {
    known: [1, 2],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const { axis, start, length, shape } = partOf(call, x.shape);
      const strides = stridesOf(x.shape);
      return reshaped(strided(call, x, x.shape.with(axis, length), strides, start * strides[axis]!), shape);
    },
    build: (call) => {
      const x = call.tensor(0);
      const { axis, start, length, shape } = partOf(call, x.shape);
      return reshape(slice(x, axis, start, start + length), shape);
    },
  },
};

interface Part {
  readonly axis: number;
  readonly start: number;
  readonly length: number;
  /** Of the part, without the axis where that is not kept. */
  readonly shape: Shape;
}

function partOf(call: Call, from: Shape): Part {
  if (call.inputs.length < 3)
    call.fail("it picks from a sequence that no SplitToSequence makes, which is not read here");
  const axis = call.axis(call.integer("axis", 0), from.length);
  const { count, startOf } = splitOf(call, from[axis]!);
  const given = call.knownNumber(2, "position") ?? call.fail("it says no position");
  const position = given < 0 ? given + count : given;
  if (!Number.isInteger(position) || position < 0 || position >= count)
    call.fail(`position ${given} is outside a sequence of ${count} parts`);
  const start = startOf(position);
  const length = startOf(position + 1) - start;
  const isKept = call.has(1) || call.integer("keepdims", 1) !== 0;
  return { axis, start, length, shape: isKept ? from.with(axis, length) : from.toSpliced(axis, 1) };
}

interface Parts {
  readonly count: number;
  /** Where a part starts, which is where the one before ends. */
  readonly startOf: (position: number) => number;
}

/** One length for all parts but the last, which may be shorter; one for each; or parts of 1. */
function splitOf(call: Call, total: number): Parts {
  const given = call.knownIntegers(1, "split") ?? [1];
  if (given.some((length) => length < 0)) call.fail(`split ${showShape(given)} has negative lengths`);
  const sumOf = (lengths: readonly number[]): number => lengths.reduce((a, b) => a + b, 0);
  if (call.has(1) && call.value(1).shape.length > 0) {
    if (sumOf(given) !== total) call.fail(`parts ${showShape(given)} do not add up to the length ${total} of its axis`);
    return { count: given.length, startOf: (position) => sumOf(given.slice(0, position)) };
  }
  const [each = 1] = given;
  if (each === 0) call.fail("split is 0");
  return { count: Math.ceil(total / each), startOf: (position) => Math.min(position * each, total) };
}
