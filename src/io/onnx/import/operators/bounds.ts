/** Clip and CumSum. */
import { type Shape, splitAt } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { clamp } from "../../../../ops/elementwise/clamp.ts";
import { cumsum } from "../../../../ops/recurrent/cumsum.ts";
import { pad } from "../../../../ops/shape/pad.ts";
import { flip } from "../../../../ops/shape/slice.ts";
import { transpose } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import { foldElementwise } from "../folding/elementwise.ts";
import { elementsOf } from "../folding/numbers.ts";
import { Known } from "../known.ts";
import type { Operators } from "../operator.ts";

export const bounds: Operators = {
  Clip: {
    known: [1, 2],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const lowest = call.knownNumber(1, "min") ?? call.float("min", Number.NEGATIVE_INFINITY);
      const highest = call.knownNumber(2, "max") ?? call.float("max", Number.POSITIVE_INFINITY);
      // Where the bounds cross, the highest wins.
      return foldElementwise(call, [x], x.dtype, (value) => Math.min(Math.max(value!, lowest), highest));
    },
    build: (call) => {
      const bound = (index: number, name: string): number | Tensor | undefined => {
        if (!call.has(index)) return call.float(name);
        return call.value(index) instanceof Known ? call.knownNumber(index, name) : call.tensor(index);
      };
      const [lowest, highest] = [bound(1, "min"), bound(2, "max")];
      const x = call.tensor(0);
      return lowest === undefined && highest === undefined ? x : clamp(x, lowest, highest);
    },
  },
  CumSum: {
    known: [1],
    fold: (call) => {
      const x = call.known(0, "numbers");
      return elementsOf(call, sums(call, x, cumSumAxis(call, x.shape)), x.shape, x.dtype);
    },
    build: (call) => {
      const x = call.tensor(0);
      const axis = cumSumAxis(call, x.shape);
      const reverse = call.integer("reverse", 0) !== 0;
      const forward = reverse ? flip(x, axis) : x;
      const y = call.integer("exclusive", 0) !== 0 ? later(cumsum(forward, axis), axis) : cumsum(forward, axis);
      return reverse ? flip(y, axis) : y;
    },
  },
};

const cumSumAxis = (call: Call, shape: Shape): number =>
  call.axis(call.knownNumber(1, "axis") ?? call.fail("it says no axis"), shape.length);

/** A zero first, and what was last is gone. */
const later = (x: Tensor, axis: number): Tensor => transpose(pad(transpose(x, axis, -1), [1, -1]), axis, -1);

function sums(call: Call, x: Known, axis: number): number[] {
  const { outer, length, inner } = splitAt(x.shape, axis);
  const reverse = call.integer("reverse", 0) !== 0;
  const exclusive = call.integer("exclusive", 0) !== 0;
  const result = new Array<number>(x.size).fill(0);
  for (let row = 0; row < outer * inner; row++) {
    const start = Math.floor(row / inner) * length * inner + (row % inner);
    let total = 0;
    for (let step = 0; step < length; step++) {
      const at = start + (reverse ? length - 1 - step : step) * inner;
      const after = total + x.numbers[at]!;
      result[at] = exclusive ? total : after;
      total = after;
    }
  }
  return result;
}
