import {
  doWhile,
  type FunctionReference,
  get,
  type I32,
  i32,
  increase,
  perform,
  type Statement,
  set,
  shuffle32,
  type V128,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { fourDone } from "./counting.ts";

/** Columns done in one go, so that the cache lines that a strip reads a quarter of are still near when the next strip comes. */
const BLOCK = 64;

/**
 * `to[i][t] = from[t][i]` for `i < rows` and `t < columns`, both at least 4, in tiles of 4 × 4; the last tiles overlap the ones
 * before. Pitches are in bytes: from one `i` to the next in `to`, from one `t` to the next in `from`.
 */
export const transposed = (emission: Emission): FunctionReference<null> =>
  emission.shared("transposed", () => {
    const strips = transposedStrips(emission);
    return emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
      (_, to, from, rows, columns, toPitch, fromPitch) => {
        const block = (count: I32 | number): Statement =>
          perform(strips, get(to), get(from), get(rows), count, get(toPitch), get(fromPitch));
        return [
          // What is left at the end is at least one tile.
          whileDo(
            i32.geS(get(columns), BLOCK + 4),
            block(BLOCK),
            increase(to, 4 * BLOCK),
            increase(from, i32.mul(get(fromPitch), BLOCK)),
            increase(columns, -BLOCK),
          ),
          block(get(columns)),
        ];
      },
    );
  });

/** All rows of `to`, four at a time. */
function transposedStrips(emission: Emission): FunctionReference<null> {
  const strip = transposedStrip(emission);
  return emission.module.function(
    { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
    (_, to, from, rows, columns, toPitch, fromPitch) =>
      doWhile(
        get(rows),
        perform(strip, get(to), get(from), get(columns), get(toPitch), get(fromPitch)),
        increase(to, i32.mul(get(toPitch), 4)),
        increase(from, 16),
        fourDone(rows, (over) => [increase(to, i32.mul(over, get(toPitch))), increase(from, i32.mul(over, 4))]),
      ),
  );
}

/** Four rows of `to`. */
const transposedStrip = (emission: Emission): FunctionReference<null> =>
  emission.module.function(
    { parameters: ["i32", "i32", "i32", "i32", "i32"] },
    (builder, to, from, columns, toPitch, fromPitch) => {
      const tile = builder.locals("v128", 4);
      const [place, source] = builder.locals("i32", 2);
      return doWhile(
        get(columns),
        set(source, get(from)),
        tile.map((row, i) => [set(row, v128.load(get(source))), i < 3 ? increase(source, get(fromPitch)) : []]),
        set(place, get(to)),
        turned(tile.map((row) => get(row))).map((row, i) => [
          v128.store(get(place), row),
          i < 3 ? increase(place, get(toPitch)) : [],
        ]),
        increase(to, 16),
        increase(from, i32.mul(get(fromPitch), 4)),
        fourDone(columns, (over) => [increase(to, i32.mul(over, 4)), increase(from, i32.mul(over, get(fromPitch)))]),
      );
    },
  );

/** The columns of a 4 × 4 tile given by its rows. */
function turned([a, b, c, d]: readonly V128[]): V128[] {
  const [low, high] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ] as const;
  const halves = (lanes: readonly number[]): [V128, V128] => [shuffle32(a!, b!, lanes), shuffle32(c!, d!, lanes)];
  return [low, low, high, high].map((lanes, i) =>
    shuffle32(...halves(lanes), i % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]),
  );
}
