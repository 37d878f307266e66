import {
  type FunctionReference,
  f32,
  forRange,
  get,
  type I32,
  i32,
  ifThen,
  increase,
  perform,
  type Statement,
  set,
  type Value,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at, min, scaled } from "./arithmetic.ts";
import { inBlocks } from "./blocks.ts";
import type { Correlation } from "./correlation.ts";
import { type Finish, finishTime } from "./finish.ts";
import type { PackedWeights } from "./packedWeights.ts";
import { packRowFunction } from "./packRow.ts";
import { packRows } from "./packWeights.ts";
import type { TileSchedule } from "./schedule.ts";
import { tileFunction } from "./tile.ts";

/** Bytes of one panel row: not a multiple of 256, at which rows would share the sets of the first cache. */
export function panelPitch(numbers: number): number {
  const pitch = 4 * (Math.ceil(numbers / 4) + 1);
  return 4 * (pitch % 64 === 0 ? pitch + 4 : pitch);
}

/**
 * A correlation by register tiles. For every signal, group and stretch of time: portions of channels are packed into a panel, and the
 * tiles of every block of rows run over it.
 *
 * Parameters: source, packed weights, out, scratch, operands of the epilogue.
 */
export function tilesFunction(
  emission: Emission,
  problem: Correlation,
  schedule: TileSchedule,
  finish: Finish | null,
): { readonly run: FunctionReference<null>; readonly scratch: number } {
  const { batch, groups, rows, channels, taps, stride, tapStep, start, sourceLength, outLength } = problem;
  const { tile, columns, channels: portion, panel } = schedule;
  const width = 4 * tile.vectors;
  const byChannel = panel === "channel";
  const halo = byChannel ? (taps - 1) * Math.abs(tapStep) : 0;
  const stretch = Math.max(1, Math.floor(schedule.stretch / columns)) * columns;
  const pitch = panelPitch(stretch + halo);
  const panelBytes = pitch * portion * (byChannel ? 1 : taps);
  const scratch = panelBytes + 4 * width * rows;
  const backwards = byChannel && tapStep < 0 ? halo : 0;

  const key = `tiles ${JSON.stringify([problem, schedule, finish])}`;
  const run = emission.shared(key, () => {
    const packRow = packRowFunction(emission, stride);
    const copyTail = copyTailFunction(emission);
    const operandTypes = (finish?.strides ?? []).map(() => "i32" as const);
    return emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", ...operandTypes] },
      (f, source, weights, out, area, ...operands) => {
        const [n, group, t, c, row, channel, i, m] = f.locals("i32", 8);
        const [count, full, rest, span, summed, w, target, tail] = f.locals("i32", 8);
        const [sourceRow, begin, end] = f.locals("i32", 3);

        const pack: Statement = forRange(
          i,
          0,
          get(summed),
          1,
          byChannel
            ? [
                perform(
                  packRow,
                  get(target),
                  get(sourceRow),
                  i32.add(get(begin), start - backwards),
                  sourceLength,
                  i32.add(get(span), halo),
                ),
                increase(target, pitch),
              ]
            : forRange(
                m,
                0,
                taps,
                1,
                perform(
                  packRow,
                  get(target),
                  get(sourceRow),
                  i32.add(i32.add(scaled(begin, stride), scaled(m, tapStep)), start),
                  sourceLength,
                  get(span),
                ),
                increase(target, pitch),
              ),
          increase(sourceRow, 4 * sourceLength),
        );

        /** The tiles of `height` rows from `row`. */
        const block = (height: number): Statement[] => {
          const tiles = tileFunction(emission, { rows: height, vectors: tile.vectors });
          const sum = (x: I32, y: I32, yPitch: number, howMany: Value<"i32">): Statement =>
            byChannel
              ? perform(
                  tiles,
                  ...[x, get(w), y, yPitch, howMany, get(summed), taps],
                  ...[pitch - 4 * taps * tapStep, 4 * tapStep, get(c)],
                )
              : perform(tiles, ...[x, get(w), y, yPitch, howMany, 1, scaled(summed, taps)], ...[0, pitch, get(c)]);
          const first = i32.add(at(get(area), [], 4 * backwards), i32.shl(i32.sub(get(t), get(begin)), 2));
          const finishRows = Array.from(
            { length: height },
            (): Statement => [
              finish ? finishTime(emission, finish, operands, get(target), get(count), [n, channel, t]) : [],
              increase(target, 4 * outLength),
              increase(channel, 1),
            ],
          );
          return [
            set(
              target,
              at(get(out), [
                [channel, 4 * outLength],
                [t, 4],
              ]),
            ),
            set(target, i32.add(get(target), i32.mul(get(n), 4 * outLength * rows * groups))),
            set(tail, at(get(area), [[row, 4 * width]], panelBytes)),
            ifThen(get(full), [sum(first, get(target), 4 * outLength, get(full))]),
            ifThen(get(rest), [sum(i32.add(first, scaled(full, 4 * width)), get(tail), 4 * width, 1)]),
            increase(w, scaled(summed, 4 * height * taps)),
            ifThen(
              i32.geS(get(c), channels - portion),
              [
                ifThen(get(rest), [
                  perform(
                    copyTail,
                    i32.add(get(target), scaled(full, 4 * width)),
                    4 * outLength,
                    get(tail),
                    4 * width,
                    height,
                    get(rest),
                  ),
                ]),
                ...(finish ? finishRows : [increase(channel, height)]),
              ],
              [increase(channel, height)],
            ),
          ];
        };

        const wholeTiles = (numbers: I32): I32 => i32.mul(i32.divU(i32.add(numbers, width - 1), width), width);
        return forRange(
          n,
          0,
          batch,
          1,
          forRange(
            group,
            0,
            groups,
            1,
            forRange(
              begin,
              0,
              outLength,
              stretch,
              set(end, i32.add(get(begin), min(i32.sub(outLength, get(begin)), stretch))),
              set(span, wholeTiles(i32.sub(get(end), get(begin)))),
              set(sourceRow, i32.mul(i32.add(scaled(n, groups), get(group)), 4 * channels * sourceLength)),
              set(sourceRow, i32.add(get(source), get(sourceRow))),
              forRange(
                c,
                0,
                channels,
                portion,
                set(summed, min(i32.sub(channels, get(c)), portion)),
                set(target, get(area)),
                pack,
                forRange(
                  t,
                  get(begin),
                  get(end),
                  columns,
                  set(count, min(i32.sub(get(end), get(t)), columns)),
                  set(full, i32.divU(get(count), width)),
                  set(rest, i32.remU(get(count), width)),
                  set(
                    w,
                    at(get(weights), [
                      [group, 4 * rows * channels * taps],
                      [c, 4 * rows * taps],
                    ]),
                  ),
                  set(channel, scaled(group, rows)),
                  inBlocks(row, rows, tile.rows, block),
                ),
              ),
            ),
          ),
        );
      },
    );
  });
  return { run, scratch };
}

/** The weights as the tiles read them: groups, portions of channels, blocks of rows, channels, taps, rows. */
export function tileWeights(problem: Correlation, { tile, channels: portion }: TileSchedule): PackedWeights {
  const { groups, rows, channels, taps, weights: strides } = problem;
  const layout = `tiles ${tile.rows} ${portion} ${JSON.stringify([groups, rows, channels, taps, strides])}`;
  return {
    layout,
    bytes: 4 * groups * rows * channels * taps + 16,
    flagged: false,
    pack: (emission) =>
      emission.shared(layout, () =>
        emission.module.function({ parameters: ["i32", "i32"] }, (f, target, source) => {
          const [group, c, row, summed] = f.locals("i32", 4);
          const block = (height: number): Statement => [
            packRows(
              emission,
              height,
              [
                get(target),
                4 * height,
                at(
                  get(source),
                  [
                    [group, 4 * strides.group],
                    [row, 4 * strides.row],
                    [c, 4 * strides.channel],
                  ],
                  4 * strides.offset,
                ),
              ],
              get(summed),
              taps,
              strides,
            ),
            increase(target, scaled(summed, 4 * height * taps)),
          ];
          return forRange(
            group,
            0,
            groups,
            1,
            forRange(
              c,
              0,
              channels,
              portion,
              set(summed, min(i32.sub(channels, get(c)), portion)),
              inBlocks(row, rows, tile.rows, block),
            ),
          );
        }),
      ),
  };
}

/** Copies `rows` rows of `count` numbers, fewer than a tile has columns. */
const copyTailFunction = (emission: Emission): FunctionReference<null> =>
  emission.shared("copyTail", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
      (f, to, toPitch, from, fromPitch, rows, count) => {
        const [r, u] = f.locals("i32", 2);
        return forRange(
          r,
          0,
          get(rows),
          1,
          forRange(
            u,
            0,
            i32.shl(get(count), 2),
            4,
            f32.store(i32.add(get(to), get(u)), f32.load(i32.add(get(from), get(u)))),
          ),
          increase(to, get(toPitch)),
          increase(from, get(fromPitch)),
        );
      },
    ),
  );
