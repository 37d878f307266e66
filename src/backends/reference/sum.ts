import type { TypedArray } from "../../core/dtype.ts";
import type { Kernels } from "../../core/kernels.ts";
import type { FloatArray } from "./multiplyAdd.ts";
import { eachRow, rowsOf } from "./rows.ts";

/** out[Σ i·outStride] = Σ x[i…], accumulated in double in storage order and rounded once. */
export function sum({ shape, outStrides }: Kernels["sum"], [x]: readonly TypedArray[], out: TypedArray): void {
  const from = x as FloatArray;
  const totals = new Float64Array(out.length);
  const rows = rowsOf(shape, [outStrides]);
  const step = rows.steps[0]!;
  eachRow(rows, (source, [target]) => {
    if (step === 0) {
      let total = totals[target!]!;
      for (let t = 0; t < rows.length; t++) total += from[source + t]!;
      totals[target!] = total;
    } else for (let t = 0; t < rows.length; t++) totals[target! + t * step]! += from[source + t]!;
  });
  (out as FloatArray).set(totals);
}
