import { showShape } from "../../../core/shape.ts";
import type { Call } from "./call.ts";

/**
 * The axes that an operator names, in its second input (13 and later) or its attribute (before), as different places in `rank` axes;
 * `undefined` where it names none.
 */
export function axesOf(call: Call, rank: number): readonly number[] | undefined {
  const axes = (call.knownIntegers(1, "axes") ?? call.integers("axes"))?.map((axis) => call.axis(axis, rank));
  if (axes && new Set(axes).size < axes.length) call.fail(`axes ${showShape(axes)} name one axis twice`);
  return axes;
}
