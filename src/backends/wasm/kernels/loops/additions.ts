import {
  type F32,
  type FunctionReference,
  f32,
  f32x4,
  get,
  type I32,
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
import { byFours } from "./counting.ts";

/**
 * Loops that add float32 numbers to others, one function each for a whole module. Addresses and steps are in bytes. "add" adds to
 * what is there; "start" to the +0 that would be there, so that −0 becomes +0 as in a sum that starts at +0.
 */
export type Beginning = "add" | "start";

type Addition = FunctionReference<null>;

const vectorAt = (beginning: Beginning, address: I32): V128 =>
  beginning === "add" ? v128.load(address) : f32x4.const(0);
const numberAt = (beginning: Beginning, address: I32): F32 => (beginning === "add" ? f32.load(address) : f32.const(0));

/** `to[i] += from[i]` for `i < count`. */
export const addForward = (emission: Emission, beginning: Beginning): Addition =>
  emission.shared(`${beginning} forward`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, count) =>
      byFours(
        builder,
        to,
        count,
        [
          v128.store(get(to), f32x4.add(vectorAt(beginning, get(to)), v128.load(get(from)))),
          increase(to, 16),
          increase(from, 16),
        ],
        [
          f32.store(get(to), f32.add(numberAt(beginning, get(to)), f32.load(get(from)))),
          increase(to, 4),
          increase(from, 4),
        ],
      ),
    ),
  );

/** `to[−i] += from[i]` for `i < count`. */
export const addBackward = (emission: Emission, beginning: Beginning): Addition =>
  emission.shared(`${beginning} backward`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, count) => {
      const [four, place] = [builder.local("v128"), builder.local("i32")];
      return byFours(
        builder,
        from,
        count,
        [
          set(place, i32.sub(get(to), 12)),
          set(four, v128.load(get(from))),
          v128.store(
            get(place),
            f32x4.add(vectorAt(beginning, get(place)), shuffle32(get(four), get(four), [3, 2, 1, 0])),
          ),
          increase(to, -16),
          increase(from, 16),
        ],
        [
          f32.store(get(to), f32.add(numberAt(beginning, get(to)), f32.load(get(from)))),
          increase(to, -4),
          increase(from, 4),
        ],
      );
    }),
  );

/** `to[step · i] += from[i]` for `i < count`. */
export const addStrided = (emission: Emission, beginning: Beginning): Addition =>
  emission.shared(`${beginning} strided`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (_, to, from, count, step) =>
      whileDo(
        get(count),
        f32.store(get(to), f32.add(numberAt(beginning, get(to)), f32.load(get(from)))),
        increase(to, get(step)),
        increase(from, 4),
        increase(count, -1),
      ),
    ),
  );

/** `to[i] += from[2i]`, then `from[2i + 1]`, for `i < groups`. */
export const addPairs = (emission: Emission, beginning: Beginning): Addition =>
  emission.shared(`${beginning} pairs`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, groups) => {
      const [low, high] = builder.locals("v128", 2);
      const even = shuffle32(get(low), get(high), [0, 2, 4, 6]);
      const odd = shuffle32(get(low), get(high), [1, 3, 5, 7]);
      return byFours(
        builder,
        to,
        groups,
        [
          set(low, v128.load(get(from))),
          set(high, v128.load(get(from), 16)),
          v128.store(get(to), f32x4.add(f32x4.add(vectorAt(beginning, get(to)), even), odd)),
          increase(to, 16),
          increase(from, 32),
        ],
        [
          f32.store(
            get(to),
            f32.add(f32.add(numberAt(beginning, get(to)), f32.load(get(from))), f32.load(get(from), 4)),
          ),
          increase(to, 4),
          increase(from, 8),
        ],
      );
    }),
  );

/** As `addGroups`, with a number of times up to `SHORT` that is known: (to, from, groups, step). */
export const addShortGroups = (emission: Emission, beginning: Beginning, times: number): Addition =>
  emission.shared(`${beginning} groups of ${times}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (_, to, from, groups, step) => {
      const offsets = Array.from({ length: times }, (_, j) => 4 * j);
      return whileDo(
        get(groups),
        f32.store(
          get(to),
          offsets.reduce((total, offset) => f32.add(total, f32.load(get(from), offset)), numberAt(beginning, get(to))),
        ),
        increase(to, get(step)),
        increase(from, 4 * times),
        increase(groups, -1),
      );
    }),
  );

/** `to[step · i] += from[times · i + j]` for `i < groups` and `j < times`, ascending. */
export const addGroups = (emission: Emission, beginning: Beginning): Addition =>
  emission.shared(`${beginning} groups`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"] },
      (builder, to, from, groups, times, step) => {
        const [total, end] = [builder.local("f32"), builder.local("i32")];
        return whileDo(
          get(groups),
          set(total, numberAt(beginning, get(to))),
          set(end, i32.add(get(from), i32.shl(get(times), 2))),
          whileDo(i32.ltU(get(from), get(end)), addNext(total, from)),
          f32.store(get(to), get(total)),
          increase(to, get(step)),
          increase(groups, -1),
        );
      },
    ),
  );

const addNext = (total: Local<"f32">, from: Local<"i32">) => [
  set(total, f32.add(get(total), f32.load(get(from)))),
  increase(from, 4),
];

/** `to[places[2i + 1]] += from[places[2i]]` for `i < count`, ascending; the places are in bytes. */
export const addTabled = (emission: Emission): Addition =>
  emission.shared("add tabled", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, places, count) => {
      const place = builder.local("i32");
      return whileDo(
        get(count),
        set(place, i32.add(get(to), i32.load(get(places), 4))),
        f32.store(get(place), f32.add(f32.load(get(place)), f32.load(i32.add(get(from), i32.load(get(places)))))),
        increase(places, 8),
        increase(count, -1),
      );
    }),
  );
