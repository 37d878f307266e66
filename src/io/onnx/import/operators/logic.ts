/**
 * Comparisons, what is made of them, and Where. Of tensors they give 0 and 1 in the element type of what was compared; of known
 * numbers, bools.
 */
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, equal, greater, less, maximum, mul, sub } from "../../../../ops/elementwise/binary.ts";
import { where } from "../../../../ops/elementwise/where.ts";
import type { Call } from "../call.ts";
import { ofOneType } from "../dtypes.ts";
import { foldElementwise } from "../folding/elementwise.ts";
import type { Operator, Operators } from "../operator.ts";

/** A question to one or two inputs. */
const question = (holds: (a: number, b: number) => boolean, build: (a: Tensor, b: Tensor) => Tensor): Operator => ({
  fold: (call) => {
    const inputs = places(holds).map((i) => call.known(i, "numbers"));
    return foldElementwise(call, inputs, "bool", (a, b) => Number(holds(a!, b!)));
  },
  build: (call) => {
    const [a, b] = ofOneType(places(holds).map((i) => call.tensor(i)));
    return build(a!, b!);
  },
});

/** Of the inputs: as many as the question is about. */
const places = (holds: (...values: never[]) => boolean): number[] => [0, 1].slice(0, holds.length);

/** A NaN is neither: "not less" would not do. */
const atMost = (a: Tensor, b: Tensor): Tensor => add(less(a, b), equal(a, b));

export const logic: Operators = {
  Equal: question((a, b) => a === b, equal),
  Less: question((a, b) => a < b, less),
  Greater: question((a, b) => a > b, greater),
  LessOrEqual: question((a, b) => a <= b, atMost),
  GreaterOrEqual: question(
    (a, b) => a >= b,
    (a, b) => atMost(b, a),
  ),
  Not: question(
    (a) => a === 0,
    (a) => equal(a, 0),
  ),
  And: question((a, b) => a !== 0 && b !== 0, mul),
  Or: question((a, b) => a !== 0 || b !== 0, maximum),
  Xor: question(
    (a, b) => (a !== 0) !== (b !== 0),
    (a, b) => sub(1, equal(a, b)),
  ),
  IsNaN: question(Number.isNaN, (a) => sub(1, equal(a, a))),
  Where: {
    fold: (call) => {
      const [condition, a, b] = [0, 1, 2].map((i) => call.known(i, "numbers"));
      return foldElementwise(call, [condition!, a!, b!], a!.dtype, (c, x, y) => (c ? x! : y!));
    },
    build: chosen,
  },
};

function chosen(call: Call): Tensor {
  const [condition, a, b] = ofOneType([call.tensor(0), call.tensor(1), call.tensor(2)]);
  return where(condition!, a!, b!);
}
