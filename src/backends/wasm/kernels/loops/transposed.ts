import {
  type FunctionReference,
  get,
  increase,
  type Statement,
  set,
  shuffle32,
  type V128,
  v128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { times } from "./counting.ts";

/** Columns done in one go, so that the cache lines that a strip reads a quarter of are still near when the next strip comes. */
const BLOCK = 64;

/**
 * `to[i][t] = from[t][i]` for `i < rows` and `t < columns`, both at least 4, in tiles of 4 × 4; the last tiles overlap the ones
 * before. Pitches are in bytes: from one `i` to the next in `to`, from one `t` to the next in `from`.
 */
export const transposed = (
  emission: Emission,
  rows: number,
  columns: number,
  toPitch: number,
  fromPitch: number,
): FunctionReference<null> =>
  emission.shared(`transposed ${[rows, columns, toPitch, fromPitch]}`, () =>
    emission.module.function({ parameters: ["i32", "i32"] }, (builder, to, from) => {
      const nextRows = (count: number): Statement => [increase(to, count * toPitch), increase(from, 4 * count)];
      const nextColumns = (count: number): Statement => [increase(to, 4 * count), increase(from, count * fromPitch)];
      const byFours = (count: number, body: Statement, next: (count: number) => Statement): Statement => [
        times(builder, count >> 2, body, next(4)),
        count % 4 > 0 ? [next((count % 4) - 4), body, next(4)] : [],
      ];
      const lines = builder.locals("v128", 4);
      const tile = [
        lines.map((line, i) => set(line, v128.load(get(from), i * fromPitch))),
        turned(lines.map((line) => get(line))).map((line, i) => v128.store(get(to), line, i * toPitch)),
      ];
      const block = (count: number): Statement => [
        byFours(rows, [byFours(count, tile, nextColumns), nextColumns(-count)], nextRows),
        nextRows(-rows),
        nextColumns(count),
      ];
      // What is left at the end is at least one tile.
      const blocks = Math.floor((columns - 4) / BLOCK);
      return [times(builder, blocks, block(BLOCK)), block(columns - blocks * BLOCK)];
    }),
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
