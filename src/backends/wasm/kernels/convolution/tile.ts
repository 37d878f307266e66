import {
  doWhile,
  type FunctionReference,
  f32x4,
  get,
  i32,
  ifThen,
  increase,
  type Statement,
  set,
  v128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";

/** A register tile: rows times vectors of four columns are summed at once. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
}

/**
 * The inner loop of every forward convolution, of all input gradients and of matrix products:
 *
 *     y[r][c] = Σ_channel Σ_tap  w[channel][tap][r] · x[channel·channelStep + tap·tapStep + c]
 *
 * for `tiles` tiles of columns side by side, in exactly this order of terms, product and sum rounded separately, starting at +0 or
 * (`resume`) at what y holds, so that channels may come in portions. Steps and pitches in bytes; `channelStep` counts from the end of
 * the taps.
 *
 * One step of the sum per turn of the loop: V8 before 13 moves all loads of a longer body to its top and runs out of its 15 vector
 * registers, which halves the speed.
 */
export const tileFunction = (emission: Emission, { rows, vectors }: Tile): FunctionReference<null> =>
  emission.shared(`tile ${rows}x${vectors}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] },
      (f, x, w, y, pitch, tiles, channels, taps, channelStep, tapStep, resume) => {
        const rowOf = Array.from({ length: rows }, (_, r) => r);
        const columns = Array.from({ length: vectors }, (_, v) => v);
        const sums = rowOf.map(() => columns.map(() => f.local("v128")));
        const held = columns.map(() => f.local("v128"));
        const weight = f.local("v128");
        const [px, pw, py] = f.locals("i32", 3);
        const [channel, tap] = f.locals("i32", 2);
        // A tile of one row uses each vector once; holding them would only take registers.
        const hold = rows > 1;
        const step: Statement[] = [
          ...(hold ? columns.map((v) => set(held[v]!, v128.load(get(px), 16 * v))) : []),
          ...rowOf.flatMap((r) => [
            set(weight, v128.load32Splat(get(pw), 4 * r)),
            ...columns.map((v) =>
              set(
                sums[r]![v]!,
                f32x4.add(get(sums[r]![v]!), f32x4.mul(hold ? get(held[v]!) : v128.load(get(px), 16 * v), get(weight))),
              ),
            ),
          ]),
          increase(pw, 4 * rows),
          increase(px, get(tapStep)),
          set(tap, i32.sub(get(tap), 1)),
        ];
        const eachRow = (body: (r: number) => Statement[]): Statement[] => [
          set(py, get(y)),
          ...rowOf.flatMap((r) => [...body(r), ...(r < rows - 1 ? [increase(py, get(pitch))] : [])]),
        ];
        return [
          doWhile(
            get(tiles),
            ifThen(
              get(resume),
              eachRow((r) => columns.map((v) => set(sums[r]![v]!, v128.load(get(py), 16 * v)))),
              sums.flat().map((sum) => set(sum, f32x4.const(0))),
            ),
            set(px, get(x)),
            set(pw, get(w)),
            set(channel, get(channels)),
            doWhile(
              get(channel),
              set(tap, get(taps)),
              doWhile(get(tap), ...step),
              increase(px, get(channelStep)),
              set(channel, i32.sub(get(channel), 1)),
            ),
            ...eachRow((r) => columns.map((v) => v128.store(get(py), get(sums[r]![v]!), 16 * v))),
            increase(x, 16 * vectors),
            increase(y, 16 * vectors),
            set(tiles, i32.sub(get(tiles), 1)),
          ),
        ];
      },
    ),
  );
