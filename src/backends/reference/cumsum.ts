import type { TypedArray } from "../../core/dtype.ts";
import type { Kernels } from "../../core/kernels.ts";
import type { FloatArray } from "./multiplyAdd.ts";

/**
 * (x, initial) → out[row, t] = out[row, t − 1] + x[row, t], starting from initial[row].
 *
 * One sequential sum per row, each partial sum rounded to the element type, because it is a result. So a row in pieces, each starting
 * from the last sum of the one before, has the same bits.
 */
export function cumsum({ rows, length }: Kernels["cumsum"], inputs: readonly TypedArray[], out: TypedArray): void {
  const [x, initial, sums] = [inputs[0], inputs[1], out] as [FloatArray, FloatArray, FloatArray];
  for (let row = 0; row < rows; row++) {
    let total = initial[row]!;
    for (let at = row * length; at < (row + 1) * length; at++) {
      sums[at] = total + x[at]!;
      total = sums[at]!; // as rounded by the array
    }
  }
}
