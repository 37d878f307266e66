/** Pad. */
import { showShape } from "../../../../core/shape.ts";
import { type PadOptions, pad } from "../../../../ops/shape/pad.ts";
import { movedAxis } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";

/** ONNX's words for what to pad with. */
const MODES = new Map<string, NonNullable<PadOptions["mode"]>>([
  ["constant", "zeros"],
  ["reflect", "reflect"],
  ["edge", "replicate"],
  ["wrap", "circular"],
]);

/** Samples that padding may add at one side: 95 seconds at 44.1 kHz. */
const MOST = 2 ** 22;

export const padding: Operators = {
  Pad: {
    known: [1, 2, 3],
    build: (call) => {
      const x = call.tensor(0);
      const given = call.string("mode", "constant");
      const mode = MODES.get(given) ?? call.fail(`mode ${given} is none of ${Array.from(MODES.keys()).join(", ")}`);
      const value = mode === "zeros" ? (call.knownNumber(2, "constant_value") ?? call.float("value", 0)) : 0;
      return amountsOf(call, x.rank).reduce((y, { axis, before, after }) => {
        // What is cropped is not copied to the other end.
        const cropped = pad(movedAxis(y, axis, -1), [Math.min(before, 0), Math.min(after, 0)]);
        const padded = pad(cropped, [Math.max(before, 0), Math.max(after, 0)], { mode, value });
        return movedAxis(padded, -1, axis);
      }, x);
    },
  },
};

interface Amounts {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

/** What is added to each axis; negative amounts crop. First come the amounts before all axes, then those after. */
function amountsOf(call: Call, rank: number): Amounts[] {
  const amounts = call.knownIntegers(1, "pads") ?? call.integers("pads") ?? call.fail("it says no pads");
  const given = call.knownIntegers(3, "axes") ?? Array.from({ length: rank }, (_, axis) => axis);
  const axes = given.map((axis) => call.axis(axis, rank));
  if (new Set(axes).size < axes.length) call.fail(`axes ${showShape(axes)} name one axis twice`);
  if (amounts.length !== 2 * axes.length)
    call.fail(`pads ${showShape(amounts)} should be two numbers for each of ${axes.length} axes`);
  const most = amounts.find((amount) => amount > MOST);
  if (most !== undefined) call.fail(`it pads by ${most} samples; at most ${MOST} are added here`);
  return axes
    .map((axis, i) => ({ axis, before: amounts[i]!, after: amounts[axes.length + i]! }))
    .filter(({ before, after }) => before !== 0 || after !== 0);
}
