import {
  type FunctionReference,
  get,
  i32,
  i32x4,
  increase,
  set,
  shuffle32,
  tee,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { byFours, whileCounting } from "./counting.ts";

/** Loops that move 4-byte elements, one function each for a whole module. Addresses and steps are in bytes. */

type Move = FunctionReference<null>;

/** `to[i] = from[−i]` for `i < count`. */
export const reversed = (emission: Emission): Move =>
  emission.shared("reversed", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, count) => {
      const backwards = v128.load(i32.sub(get(from), 12));
      const turned = builder.local("v128");
      return byFours(
        builder,
        to,
        count,
        [
          set(turned, backwards),
          v128.store(get(to), shuffle32(get(turned), get(turned), [3, 2, 1, 0])),
          increase(to, 16),
          increase(from, -16),
        ],
        [i32.store(get(to), i32.load(get(from))), increase(to, 4), increase(from, -4)],
      );
    }),
  );

/** `to[i] = from[2i]` for `i < count`; reads the element behind the last one. */
export const everySecond = (emission: Emission): Move =>
  emission.shared("everySecond", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, count) =>
      byFours(
        builder,
        to,
        count,
        [
          v128.store(get(to), shuffle32(v128.load(get(from)), v128.load(get(from), 16), [0, 2, 4, 6])),
          increase(to, 16),
          increase(from, 32),
        ],
        [i32.store(get(to), i32.load(get(from))), increase(to, 4), increase(from, 8)],
      ),
    ),
  );

/** `to[i] = from[step · i]` for `i < count`. */
export const strided = (emission: Emission): Move =>
  emission.shared("strided", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (_, to, from, count, step) =>
      whileDo(
        get(count),
        i32.store(get(to), i32.load(get(from))),
        increase(to, 4),
        increase(from, get(step)),
        increase(count, -1),
      ),
    ),
  );

/** `to[2i] = to[2i + 1] = from[i]` for `i < groups`. */
export const doubled = (emission: Emission): Move =>
  emission.shared("doubled", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, groups) => {
      const four = builder.local("v128");
      const left = builder.local("i32");
      return [
        set(left, i32.shrU(get(groups), 2)),
        whileDo(
          get(left),
          set(four, v128.load(get(from))),
          v128.store(get(to), shuffle32(get(four), get(four), [0, 0, 1, 1])),
          v128.store(get(to), shuffle32(get(four), get(four), [2, 2, 3, 3]), 16),
          increase(to, 32),
          increase(from, 16),
          increase(left, -1),
        ),
        set(left, i32.and(get(groups), 3)),
        whileDo(
          get(left),
          v128.store64Lane(get(to), v128.load32Splat(get(from)), 0),
          increase(to, 8),
          increase(from, 4),
          increase(left, -1),
        ),
      ];
    }),
  );

/** Groups of up to so many elements are written out, without a loop inside the loop: two to five times as fast. */
export const SHORT = 8;

/** As `repeated`, with a number of times up to `SHORT` that is known: (to, from, groups, step). */
export const repeatedShort = (emission: Emission, times: number): Move =>
  emission.shared(`repeated ${times} times`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, groups, step) => {
      const value = builder.local("v128");
      const vectors = times < 4 ? [] : times === 4 ? [0] : [0, 4 * times - 16];
      const singles = Array.from({ length: times < 4 ? times : 0 }, (_, i) => 4 * i);
      return whileCounting(
        groups,
        set(value, v128.load32Splat(get(from))),
        vectors.map((offset) => v128.store(get(to), get(value), offset)),
        singles.map((offset) => v128.store32Lane(get(to), get(value), 0, offset)),
        increase(to, 4 * times),
        increase(from, get(step)),
      );
    }),
  );

/** `to[times · i + j] = from[step · i]` for `i < groups` and `j < times`; there is at least one group. */
export const repeated = (emission: Emission): Move =>
  emission.shared("repeated", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"] },
      (builder, to, from, groups, times, step) => {
        const value = builder.local("v128");
        const end = builder.local("i32");
        return whileCounting(
          groups,
          set(value, v128.load32Splat(get(from))),
          set(end, i32.add(get(to), i32.shl(get(times), 2))),
          whileDo(i32.leU(i32.add(get(to), 16), get(end)), v128.store(get(to), get(value)), increase(to, 16)),
          whileDo(i32.ltU(get(to), get(end)), i32.store(get(to), i32x4.extractLane(get(value), 0)), increase(to, 4)),
          increase(from, get(step)),
        );
      },
    ),
  );

/** `to[i] = from[table[i]]` for `i < count`, 0 where the table has a negative number; the table's numbers are in bytes. */
export const tabled = (emission: Emission): Move =>
  emission.shared("tabled", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, table, count) => {
      const offset = builder.local("i32");
      const keep = builder.local("i32");
      return whileDo(
        get(count),
        // No bits for a negative offset: it then reads from[0] and keeps nothing of it, without a branch.
        set(keep, i32.xor(i32.shrS(tee(offset, i32.load(get(table))), 31), -1)),
        i32.store(get(to), i32.and(i32.load(i32.add(get(from), i32.and(get(offset), get(keep)))), get(keep))),
        increase(to, 4),
        increase(table, 4),
        increase(count, -1),
      );
    }),
  );
