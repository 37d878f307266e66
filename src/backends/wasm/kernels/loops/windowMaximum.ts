import { type FunctionReference, f32, get, i32, ifThen, increase, set, whileDo } from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";

/**
 * (row, start, length, kernelSize, dilation): the position in the row of the first maximum of one window among those taps that meet
 * the row, −1 where none does.
 */
export const windowMaximum = (emission: Emission): FunctionReference<"i32"> =>
  emission.shared("window maximum", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"], result: "i32" },
      (builder, row, place, length, left, dilation) => {
        const [best, value, largest] = [builder.local("i32"), builder.local("f32"), builder.local("f32")];
        /** Larger, or a NaN: what is not ≤. It loses against a NaN, which alone differs from itself. */
        const wins = i32.gtU(f32.eq(get(largest), get(largest)), f32.le(get(value), get(largest)));
        return [
          set(best, -1),
          whileDo(
            get(left),
            ifThen(i32.ltU(get(place), get(length)), [
              set(value, f32.load(i32.add(get(row), i32.shl(get(place), 2)))),
              ifThen(i32.or(i32.ltS(get(best), 0), wins), [set(best, get(place)), set(largest, get(value))]),
            ]),
            increase(place, get(dilation)),
            increase(left, -1),
          ),
          get(best),
        ];
      },
    ),
  );
