import type { RowIndex } from "../../../core/kernels.ts";
import { get, i32, perform } from "../assembler/index.ts";
import type { EmitKernel } from "../emission.ts";
import { isFourBytes } from "./loops/blocks.ts";
import { byRowIndex } from "./loops/rowIndex.ts";

/** What a Float32Array holds where there is nothing to store: the NaN of `Float32Array.of(undefined)`. */
const NAN_BITS = 0x7fc00000;

/** out[row, t] = x[row, index[row, t]]. An index that leaves `x` reads NaN (0 for int32), as from the typed array. */
export const emitTake: EmitKernel<RowIndex> = (emission, { rows, length, count }, { inputs, out, outType }) => {
  if (!isFourBytes(outType)) return null;
  if (rows === 0 || count === 0) return [];
  const nothing = outType === "float32" ? NAN_BITS : 0;
  const take = byRowIndex(
    emission,
    `take ${outType}`,
    (to, place) => i32.store(get(to), i32.load(place)),
    (to) => i32.store(get(to), nothing),
  );
  return perform(take, out, inputs[0]!, inputs[1]!, rows, length, count);
};
