/** Slice. */
import { type Shape, showShape, stridesOf } from "../../../../core/shape.ts";
import { flip, slice } from "../../../../ops/shape/slice.ts";
import type { Call } from "../call.ts";
import { strided } from "../folding/movement.ts";
import type { Operators } from "../operator.ts";

export const slices: Operators = {
  Slice: {
    known: [1, 2, 3, 4],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const shape = [...x.shape];
      const strides = stridesOf(x.shape);
      let offset = 0;
      for (const cut of cutsOf(call, x.shape)) {
        const { axis, step } = cut;
        const [from, count] = clamped(cut, x.shape[axis]!);
        offset += from * strides[axis]!;
        shape[axis] = count;
        strides[axis]! *= step;
      }
      return strided(call, x, shape, strides, offset);
    },
    build: (call) =>
      cutsOf(call, call.tensor(0).shape).reduce((x, cut) => {
        const { axis, start, end, step } = cut;
        // With the places of the file, which mean the same at every length.
        if (step > 0) return slice(x, axis, start, end >= TO_THE_END ? undefined : end, step);
        const length = x.shape[axis]!;
        const [from, count] = clamped(cut, length);
        if (count === 0) return slice(x, axis, 0, 0);
        const first = length - 1 - from;
        return slice(flip(x, axis), axis, first, first + (count - 1) * -step + 1, -step);
      }, call.tensor(0)),
  },
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Exporters write the largest int32 or int64. */
const TO_THE_END = 2 ** 31 - 1;

function cutsOf(call: Call, shape: Shape): Cut[] {
  const list = (name: string, place: number): readonly number[] | undefined =>
    call.opset < 10 ? call.integers(name) : call.knownIntegers(place, name);
  const starts = list("starts", 1) ?? call.fail("it says no starts");
  const ends = list("ends", 2) ?? call.fail("it says no ends");
  const axes = (list("axes", 3) ?? starts.map((_, axis) => axis)).map((axis) => call.axis(axis, shape.length));
  const steps = call.knownIntegers(4, "steps") ?? starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    call.fail(
      `its starts, ends, axes and steps are ${starts.length}, ${ends.length}, ${axes.length} and ${steps.length}`,
    );
  if (new Set(axes).size < axes.length) call.fail(`axes ${showShape(axes)} name one axis twice`);
  if (steps.includes(0)) call.fail("a step is 0");
  return axes.map((axis, i) => ({ axis, start: starts[i]!, end: ends[i]!, step: steps[i]! }));
}

/** Where a cut begins, and how many it takes. Backwards, the place before the first is reached, too. */
function clamped({ start, end, step }: Cut, length: number): readonly [from: number, count: number] {
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const place = (given: number, least: number): number =>
    Math.min(Math.max(given < 0 ? given + length : given, least), highest);
  const from = place(start, 0);
  return [from, Math.max(Math.ceil((place(end, lowest) - from) / step), 0)];
}
