/** Operators about shapes, and those that give the same numbers under another one. */
import { broadcastShapes, broadcastStrides, type Shape, showShape, sizeOf } from "../../../../core/shape.ts";
import { broadcastTo } from "../../../../ops/shape/broadcast.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { axesOf } from "../axes.ts";
import type { Call } from "../call.ts";
import { reshaped, strided } from "../folding/movement.ts";
import { IN_TRAINING } from "../inTraining.ts";
import { Known } from "../known.ts";
import type { Operator, Operators } from "../operator.ts";

/** An operator that keeps the numbers as they are, and only says a shape. */
const shaping = (shapeOf: (call: Call, from: Shape) => Shape, known: readonly number[] = []): Operator => ({
  known,
  fold: (call) => {
    const x = call.known(0, "numbers");
    const shape = shapeOf(call, x.shape);
    if (!shape.every(Number.isInteger) || sizeOf(shape) !== x.size)
      call.fail(`shape ${showShape(x.shape)} does not fit ${showShape(shape)}`);
    return reshaped(x, shape);
  },
  build: (call) => {
    const x = call.tensor(0);
    return reshape(x, shapeOf(call, x.shape));
  },
});

export const shapes: Operators = {
  Shape: {
    build: (call) => {
      const { shape } = call.value(0);
      // As Array.slice: negative places count from the end, and those outside are clamped.
      return Known.integers(shape.slice(call.integer("start", 0), call.integer("end")));
    },
  },
  Size: { build: (call) => Known.integers([sizeOf(call.value(0).shape)], []) },
  Reshape: shaping(reshapedTo, [1]),
  Flatten: shaping((call, shape) => {
    const given = call.integer("axis", 1);
    // One axis more than there are: behind the last one, everything is before.
    const axis = given === shape.length ? given : call.axis(given, Math.max(shape.length, 1));
    return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
  }),
  Squeeze: shaping(
    (call, shape) => {
      const axes = axesOf(call, shape.length) ?? shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
      const longer = axes.find((axis) => shape[axis] !== 1);
      if (longer !== undefined) call.fail(`axis ${longer} of shape ${showShape(shape)} is not of length 1`);
      return shape.filter((_, axis) => !axes.includes(axis));
    },
    [1],
  ),
  Unsqueeze: shaping(
    (call, shape) => {
      const given = call.knownIntegers(1, "axes") ?? call.integers("axes") ?? call.fail("it says no axes");
      const axes = axesOf(call, shape.length + given.length)!;
      return axes.toSorted((a, b) => a - b).reduce<Shape>((made, axis) => made.toSpliced(axis, 0, 1), shape);
    },
    [1],
  ),
  Expand: {
    known: [1],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const shape = expandedTo(call, x.shape);
      return strided(call, x, shape, broadcastStrides(x.shape, shape));
    },
    build: (call) => broadcastTo(call.tensor(0), expandedTo(call, call.tensor(0).shape)),
  },
  Identity: { build: (call) => call.value(0) },
  Dropout: {
    known: [1, 2],
    build: (call) => {
      if (call.has(2) && call.knownNumber(2, "training_mode") !== 0 && (call.knownNumber(1, "ratio") ?? 0.5) !== 0)
        call.fail(`it drops numbers also when the network is used (training_mode is true); ${IN_TRAINING}`);
      const x = call.value(0);
      // Nothing is dropped, which is what the mask says then.
      return call.node.outputs[1] ? [x, broadcastTo(new Known([1], [], x.dtype).tensor, x.shape)] : x;
    },
  },
};

/** 0 keeps a length, unless `allowzero`; one −1 is what is left. */
function reshapedTo(call: Call, from: Shape): Shape {
  const given = call.knownIntegers(1, "shape") ?? call.fail("it says no shape");
  const allowZero = call.integer("allowzero", 0) !== 0;
  if (allowZero && given.includes(0) && given.includes(-1))
    call.fail(`shape ${showShape(given)} has both 0 and −1, which allowzero forbids`);
  const shape = given.map((length, axis) => {
    if (length !== 0 || allowZero) return length;
    return from[axis] ?? call.fail(`shape ${showShape(given)} keeps axis ${axis}, which ${showShape(from)} has not`);
  });
  if (shape.some((length) => length < -1) || shape.filter((length) => length === -1).length > 1)
    call.fail(`shape ${showShape(given)} should have lengths, and at most one −1`);
  const size = sizeOf(from);
  const rest = sizeOf(shape.filter((length) => length !== -1));
  // Not a whole number where it does not fit, which the caller refuses.
  return shape.map((length) => (length === -1 ? (rest === 0 ? 0 : size / rest) : length));
}

function expandedTo(call: Call, from: Shape): Shape {
  const given = call.knownIntegers(1, "shape") ?? call.fail("it says no shape");
  if (given.some((length) => length < 0)) call.fail(`shape ${showShape(given)} has negative lengths`);
  return broadcastShapes("Expand", from, given);
}
