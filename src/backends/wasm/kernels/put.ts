import type { RowIndex } from "../../../core/kernels.ts";
import { f32, fillMemory, get, i32, ifThen, increase, perform, set, whileDo } from "../assembler/index.ts";
import type { EmitKernel } from "../emission.ts";
import { whileCounting } from "./loops/counting.ts";

/** out[row, index[row, t]] += g[row, t], t ascending. What an index puts outside `out` is lost, as with the typed array. */
export const emitPut: EmitKernel<RowIndex> = (emission, { rows, length, count }, { inputs, out, outType }) => {
  if (outType !== "float32") return null;
  if (rows === 0 || length === 0) return [];
  const put = emission.shared("put", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
      (builder, out, g, index, rows, length, count) => {
        const [at, start, end, size] = builder.locals("i32", 4);
        return [
          set(size, i32.mul(get(rows), get(length))),
          fillMemory(get(out), 0, i32.shl(get(size), 2)),
          whileCounting(
            rows,
            set(end, i32.add(get(g), i32.shl(get(count), 2))),
            whileDo(
              i32.ltU(get(g), get(end)),
              set(at, i32.add(get(start), i32.load(get(index)))),
              ifThen(i32.ltU(get(at), get(size)), [
                set(at, i32.add(get(out), i32.shl(get(at), 2))),
                f32.store(get(at), f32.add(f32.load(get(at)), f32.load(get(g)))),
              ]),
              increase(g, 4),
              increase(index, 4),
            ),
            increase(start, get(length)),
          ),
        ];
      },
    ),
  );
  return perform(put, out, inputs[0]!, inputs[1]!, rows, length, count);
};
