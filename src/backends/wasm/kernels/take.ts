import type { RowIndex } from "../../../core/kernels.ts";
import { get, i32, ifThen, increase, perform, set, whileDo } from "../assembler/index.ts";
import type { EmitKernel } from "../emission.ts";
import { isFourBytes } from "./loops/blocks.ts";
import { whileCounting } from "./loops/counting.ts";

/** What a Float32Array holds where there is nothing to store: the NaN of `Float32Array.of(undefined)`. */
const NAN_BITS = 0x7fc00000;

/** out[row, t] = x[row, index[row, t]]. An index that leaves `x` reads NaN (0 for int32), as from the typed array. */
export const emitTake: EmitKernel<RowIndex> = (emission, { rows, length, count }, { inputs, out, outType }) => {
  if (!isFourBytes(outType)) return null;
  if (rows === 0 || count === 0) return [];
  const nothing = outType === "float32" ? NAN_BITS : 0;
  const take = emission.shared(`take ${outType}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
      (builder, to, x, index, rows, length, count) => {
        const [at, start, end, size] = builder.locals("i32", 4);
        return [
          set(size, i32.mul(get(rows), get(length))),
          whileCounting(
            rows,
            set(end, i32.add(get(to), i32.shl(get(count), 2))),
            whileDo(
              i32.ltU(get(to), get(end)),
              set(at, i32.add(get(start), i32.load(get(index)))),
              ifThen(
                i32.ltU(get(at), get(size)),
                [i32.store(get(to), i32.load(i32.add(get(x), i32.shl(get(at), 2))))],
                [i32.store(get(to), nothing)],
              ),
              increase(to, 4),
              increase(index, 4),
            ),
            increase(start, get(length)),
          ),
        ];
      },
    ),
  );
  return perform(take, out, inputs[0]!, inputs[1]!, rows, length, count);
};
