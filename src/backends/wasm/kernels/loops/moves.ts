import {
  doWhile,
  type FunctionReference,
  get,
  type I32,
  i32,
  i32x4,
  increase,
  type Statement,
  set,
  shuffle32,
  type V128,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { byFours, whileCounting } from "./counting.ts";

/** Loops that move 4-byte elements, one function each for a whole module. Addresses and steps are in bytes. */

type Move = FunctionReference<null>;

/** (to, from, count): elements `step` bytes apart, the next four of which are the lanes of `four`. */
const gathered =
  (key: string, step: number, four: (from: I32) => V128) =>
  (emission: Emission): Move =>
    emission.shared(key, () =>
      emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, count) =>
        byFours(
          builder,
          to,
          count,
          [v128.store(get(to), four(get(from))), increase(to, 16), increase(from, 4 * step)],
          [i32.store(get(to), i32.load(get(from))), increase(to, 4), increase(from, step)],
        ),
      ),
    );

/** `to[i] = from[−i]` for `i < count`. */
export const reversed = gathered("reversed", -4, (from) =>
  shuffle32(v128.load(i32.sub(from, 12)), i32x4.const(0), [3, 2, 1, 0]),
);

/** `to[i] = from[2i]` for `i < count`; reads the element behind the last one. */
export const everySecond = gathered("everySecond", 8, (from) =>
  shuffle32(v128.load(from), v128.load(from, 16), [0, 2, 4, 6]),
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
      return byFours(
        builder,
        from,
        groups,
        [
          set(four, v128.load(get(from))),
          v128.store(get(to), shuffle32(get(four), get(four), [0, 0, 1, 1])),
          v128.store(get(to), shuffle32(get(four), get(four), [2, 2, 3, 3]), 16),
          increase(to, 32),
          increase(from, 16),
        ],
        [v128.store64Lane(get(to), v128.load32Splat(get(from)), 0), increase(to, 8), increase(from, 4)],
      );
    }),
  );

/** Groups of up to so many elements are written out, without a loop inside the loop: two to five times as fast. */
export const SHORT = 8;

/** `to[times · i + j] = from[step · i]` for `i < groups` and `j < times`: (to, from, groups, step); there is at least one group. */
export const repeated = (emission: Emission, times: number): Move =>
  emission.shared(`repeated ${times} times`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, groups, step) => {
      const [value, end] = [builder.local("v128"), builder.local("i32")];
      const vector = (offset: number): Statement => v128.store(get(to), get(value), offset);
      return whileCounting(
        groups,
        set(value, v128.load32Splat(get(from))),
        increase(from, get(step)),
        // The last vector may overlap the one before it.
        times > SHORT
          ? [
              set(end, i32.add(get(to), 4 * times - 16)),
              doWhile(i32.ltU(get(to), get(end)), vector(0), increase(to, 16)),
              set(to, get(end)),
            ]
          : times > 4
            ? [vector(0), increase(to, 4 * times - 16)]
            : [],
        times < 4
          ? [
              [0, 4, 8].slice(0, times).map((offset) => v128.store32Lane(get(to), get(value), 0, offset)),
              increase(to, 4 * times),
            ]
          : [vector(0), increase(to, 16)],
      );
    }),
  );
