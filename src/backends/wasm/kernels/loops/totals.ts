import {
  type F64,
  type FunctionReference,
  f32,
  f32x4,
  f64,
  f64x2,
  get,
  i32,
  increase,
  type Local,
  set,
  shuffle32,
  type V128,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { byFours, times } from "./counting.ts";

/** Loops that sum float32 numbers in double, one function each for a whole module. */

/** Two float32 numbers from memory, in double. */
const two = (address: Local<"i32">, offset = 0): V128 => f64x2.promoteLowF32x4(v128.load64Zero(get(address), offset));
const one = (address: Local<"i32">, offset = 0): F64 => f64.promoteF32(f32.load(get(address), offset));

/** Pairs that are summed side by side, so that one addition need not wait for the one before. */
const LANES = 4;

/**
 * The sum of `count` numbers: four pairs of partial sums, then what is left over. In double, so that the order changes the
 * result, rounded to float32, by at most one unit in the last place, unless nearly everything cancels.
 */
export const rowTotal = (emission: Emission): FunctionReference<"f64"> =>
  emission.shared("row total", () =>
    emission.module.function({ parameters: ["i32", "i32"], result: "f64" }, (builder, from, count) => {
      const partial = builder.locals("v128", LANES);
      const [left, total] = [builder.local("i32"), builder.local("f64")];
      const pair = partial.map((lane) => get(lane)).reduce((a, b) => f64x2.add(a, b));
      return [
        set(left, i32.shrU(get(count), 3)),
        whileDo(
          get(left),
          partial.map((lane, i) => set(lane, f64x2.add(get(lane), two(from, 8 * i)))),
          increase(from, 32),
          increase(left, -1),
        ),
        set(left, i32.and(get(count), 7)),
        whileDo(get(left), set(total, f64.add(get(total), one(from))), increase(from, 4), increase(left, -1)),
        set(partial[0]!, pair),
        f64.add(f64.add(f64x2.extractLane(get(partial[0]!), 0), f64x2.extractLane(get(partial[0]!), 1)), get(total)),
      ];
    }),
  );

/** `totals[t] += from[t]`, then the numbers of the next rows, for `t < count`: the order of the reference. */
export const addRows = (emission: Emission, rows: number, count: number): FunctionReference<null> =>
  emission.shared(`add ${rows} rows of ${count}`, () =>
    emission.module.function({ parameters: ["i32", "i32"] }, (builder, totals, from) => {
      const offsets = Array.from({ length: rows }, (_, row) => 4 * count * row);
      const half = (place: number): V128 =>
        offsets.reduce((sum, row) => f64x2.add(sum, two(from, row + place / 2)), v128.load(get(totals), place));
      const single = offsets.reduce((sum, row) => f64.add(sum, one(from, row)), f64.load(get(totals)));
      const advance = (elements: number) => [increase(totals, 8 * elements), increase(from, 4 * elements)];
      return [
        times(builder, count >> 2, v128.store(get(totals), half(0)), v128.store(get(totals), half(16), 16), advance(4)),
        times(builder, count & 3, f64.store(get(totals), single), advance(1)),
      ];
    }),
  );

/** `to[t] = totals[t]` for `t < count`, rounded to float32. */
export const rounded = (emission: Emission): FunctionReference<null> =>
  emission.shared("rounded", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, totals, count) => {
      const half = (offset: number): V128 => f32x4.demoteF64x2Zero(v128.load(get(totals), offset));
      return byFours(
        builder,
        to,
        count,
        [v128.store(get(to), shuffle32(half(0), half(16), [0, 1, 4, 5])), increase(to, 16), increase(totals, 32)],
        [f32.store(get(to), f32.demoteF64(f64.load(get(totals)))), increase(to, 4), increase(totals, 8)],
      );
    }),
  );
