import {
  type F32,
  type FunctionReference,
  f32,
  f32x4,
  get,
  i32,
  increase,
  set,
  type V128,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { byFours, whileCounting } from "./counting.ts";
import { SHORT } from "./moves.ts";

/** Loops that add float32 numbers to others, one function each for a whole module. Addresses and steps are in bytes. */

type Addition = FunctionReference<null>;

/**
 * `to[i] += from[i]` for `i < count`. "add" adds to what is there; "start" to the +0 that would be there, so that −0 becomes +0 as in a
 * sum that starts at +0.
 */
export const addForward = (emission: Emission, beginning: "add" | "start"): Addition =>
  emission.shared(`${beginning} forward`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, count) => {
      const [four, one]: [V128, F32] =
        beginning === "add" ? [v128.load(get(to)), f32.load(get(to))] : [f32x4.const(0), f32.const(0)];
      return byFours(
        builder,
        to,
        count,
        [v128.store(get(to), f32x4.add(four, v128.load(get(from)))), increase(to, 16), increase(from, 16)],
        [f32.store(get(to), f32.add(one, f32.load(get(from)))), increase(to, 4), increase(from, 4)],
      );
    }),
  );

/** `to[step · i] += from[times · i + j]` for `i < groups` and `j < times`, ascending: (to, from, groups, step). */
export const addGroups = (emission: Emission, times: number): Addition =>
  emission.shared(`add groups of ${times}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, groups, step) => {
      const [total, end] = [builder.local("f32"), builder.local("i32")];
      const next = [set(total, f32.add(get(total), f32.load(get(from)))), increase(from, 4)];
      return whileCounting(
        groups,
        set(total, f32.load(get(to))),
        times > SHORT
          ? [set(end, i32.add(get(from), 4 * times)), whileDo(i32.ltU(get(from), get(end)), next)]
          : new Array(times).fill(next),
        f32.store(get(to), get(total)),
        increase(to, get(step)),
      );
    }),
  );
