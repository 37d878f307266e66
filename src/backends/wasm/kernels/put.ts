import type { RowIndex } from "../../../core/kernels.ts";
import { f32, fillMemory, get, perform } from "../assembler/index.ts";
import type { EmitKernel } from "../emission.ts";
import { byRowIndex } from "./loops/rowIndex.ts";

/** out[row, index[row, t]] += g[row, t], t ascending. What an index puts outside `out` is lost, as with the typed array. */
export const emitPut: EmitKernel<RowIndex> = (emission, { rows, length, count }, { inputs, out, outType }) => {
  if (outType !== "float32") return null;
  if (rows === 0 || length === 0) return [];
  const put = byRowIndex(emission, "put", (g, place) => f32.store(place, f32.add(f32.load(place), f32.load(get(g)))));
  return [fillMemory(out, 0, 4 * rows * length), perform(put, inputs[0]!, out, inputs[1]!, rows, length, count)];
};
