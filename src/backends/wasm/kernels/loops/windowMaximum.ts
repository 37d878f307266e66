import {
  type FunctionReference,
  f32,
  f32x4,
  get,
  i32,
  ifThen,
  increase,
  set,
  tee,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";

/** Single windows, one function each for a whole module: positions in the row, −1 where a window meets nothing of it. */

/** (row, start, length, kernelSize, dilation): the first maximum among those taps that meet the row. */
export const clippedMaximum = (emission: Emission): FunctionReference<"i32"> =>
  emission.shared("clipped maximum", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"], result: "i32" },
      (builder, row, place, length, left, dilation) => {
        const [best, value, largest] = [builder.local("i32"), builder.local("f32"), builder.local("f32")];
        const isFirstNaN = i32.and(f32.ne(get(value), get(value)), f32.eq(get(largest), get(largest)));
        return [
          set(best, -1),
          whileDo(
            get(left),
            ifThen(i32.ltU(get(place), get(length)), [
              set(value, f32.load(i32.add(get(row), i32.shl(get(place), 2)))),
              ifThen(i32.or(i32.or(i32.ltS(get(best), 0), f32.gt(get(value), get(largest))), isFirstNaN), [
                set(best, get(place)),
                set(largest, get(value)),
              ]),
            ]),
            increase(place, get(dilation)),
            increase(left, -1),
          ),
          get(best),
        ];
      },
    ),
  );

/**
 * (row, start, length, kernelSize) with dilation 1, in two passes: the maximum, which is NaN if there is one, then the first place
 * that holds it. A window without a NaN holds nothing that differs from itself, so the second pass need not know which it looks for.
 */
export const longMaximum = (emission: Emission): FunctionReference<"i32"> =>
  emission.shared("long maximum", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32"], result: "i32" },
      (builder, row, start, length, kernelSize) => {
        const [first, end, place] = builder.locals("i32", 3);
        const best = builder.local("i32");
        const [four, value] = [builder.local("v128"), builder.local("f32")];
        const [next, noNumber] = builder.locals("v128", 2);
        const lanes = [0, 1, 2, 3].map((lane) => f32x4.extractLane(get(four), lane));
        const fourFit = i32.leU(i32.add(get(place), 16), get(end));
        const stopsHere = v128.anyTrue(
          v128.or(f32x4.eq(v128.load(get(place)), get(four)), f32x4.ne(v128.load(get(place)), v128.load(get(place)))),
        );
        const number = f32.load(get(place));
        const isElsewhere = i32.and(f32.ne(number, get(value)), f32.eq(number, number));
        return [
          set(end, i32.add(get(start), get(kernelSize))),
          ifThen(i32.gtS(get(end), get(length)), [set(end, get(length))]),
          ifThen(i32.ltS(get(start), 0), [set(start, 0)]),
          set(best, -1),
          ifThen(i32.ltS(get(start), get(end)), [
            set(first, i32.add(get(row), i32.shl(get(start), 2))),
            set(end, i32.add(get(row), i32.shl(get(end), 2))),
            set(four, v128.load32Splat(tee(place, get(first)))),
            // `max` takes ten instructions, because of NaN and the signs of zeros; this takes three.
            whileDo(
              fourFit,
              set(next, v128.load(get(place))),
              set(noNumber, v128.or(get(noNumber), f32x4.ne(get(next), get(next)))),
              set(four, f32x4.pmax(get(four), get(next))),
              increase(place, 16),
            ),
            ifThen(v128.anyTrue(get(noNumber)), [set(four, f32x4.const(Number.NaN))]),
            set(
              value,
              lanes.reduce((a, b) => f32.max(a, b)),
            ),
            whileDo(i32.ltU(get(place), get(end)), set(value, f32.max(get(value), number)), increase(place, 4)),
            set(four, f32x4.splat(get(value))),
            set(place, get(first)),
            whileDo(i32.and(fourFit, i32.eqz(stopsHere)), increase(place, 16)),
            whileDo(isElsewhere, increase(place, 4)),
            set(best, i32.shrS(i32.sub(get(place), get(row)), 2)),
          ]),
          get(best),
        ];
      },
    ),
  );
