import type { Kernels } from "../../../core/kernels.ts";
import { f32, get, i32, increase, perform, set, whileDo } from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { whileCounting } from "./loops/counting.ts";

/** out[row, t] = out[row, t − 1] + x[row, t], from initial[row] on: every partial sum is a result, so the order is the reference's. */
export const emitCumsum: EmitKernel<Kernels["cumsum"]> = (emission, { rows, length }, { inputs, out, outType }) => {
  if (outType !== "float32") return null;
  if (rows === 0 || length === 0) return [];
  return perform(cumulativeSums(emission), out, inputs[0]!, inputs[1]!, rows, length);
};

/** (out, x, initial, rows, length), the two counts at least 1. */
const cumulativeSums = (emission: Emission) =>
  emission.shared("cumsum", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"] },
      (builder, out, x, initial, rows, length) => {
        const [total, end] = [builder.local("f32"), builder.local("i32")];
        return whileCounting(
          rows,
          set(total, f32.load(get(initial))),
          set(end, i32.add(get(x), i32.shl(get(length), 2))),
          whileDo(
            i32.ltU(get(x), get(end)),
            set(total, f32.add(get(total), f32.load(get(x)))),
            f32.store(get(out), get(total)),
            increase(x, 4),
            increase(out, 4),
          ),
          increase(initial, 4),
        );
      },
    ),
  );
