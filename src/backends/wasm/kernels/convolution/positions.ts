import {
  type FunctionReference,
  f32,
  forRange,
  get,
  i32,
  increase,
  type Local,
  perform,
  type Statement,
  set,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at, max, min, scaled } from "./arithmetic.ts";
import { inBlocks } from "./blocks.ts";
import type { Correlation } from "./correlation.ts";
import { type Finish, finishChannels } from "./finish.ts";
import type { PackedWeights } from "./packedWeights.ts";
import { packRows } from "./packWeights.ts";
import type { PositionSchedule } from "./schedule.ts";
import { tileFunction } from "./tile.ts";
import { zeroFunction } from "./zero.ts";

/**
 * A correlation with few results in time: the roles of the tile are exchanged, vectors hold results, and the rows beside them are
 * positions of the batch and of time.
 *
 * Parameters: source, packed weights, out, scratch, operands of the epilogue.
 */
export function positionsFunction(
  emission: Emission,
  problem: Correlation,
  schedule: PositionSchedule,
  finish: Finish | null,
): { readonly run: FunctionReference<null>; readonly scratch: number } {
  const { batch, groups, rows, channels, taps, stride, start, sourceLength, outLength } = problem;
  const { rows: height, vectors } = schedule.tile;
  const steps = channels * taps;
  const width = 4 * vectors;
  const padded = Math.ceil(rows / width) * width;
  const resultsAt = 4 * (Math.ceil((steps * height) / 4) * 4 + 4);
  const scratch = resultsAt + 4 * padded * height;
  const positions = batch * outLength;

  const run = emission.shared(`positions ${JSON.stringify([problem, schedule, finish])}`, () => {
    const gather = gatherFunction(emission, problem);
    const operandTypes = (finish?.strides ?? []).map(() => "i32" as const);
    return emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", ...operandTypes] },
      (f, source, weights, out, area, ...operands) => {
        const [group, p, block, channel] = f.locals("i32", 4);
        const [n, t, results, row] = f.locals("i32", 4);
        const locate = (offset: number): Statement[] => {
          const position = at(get(p), [], offset);
          return [
            set(n, outLength === 1 ? position : i32.divU(position, outLength)),
            set(t, outLength === 1 ? 0 : i32.remU(position, outLength)),
          ];
        };
        /** `high` positions from p. */
        const several = (high: number): Statement[] => [
          ...Array.from({ length: high }, (_, q) => [
            ...locate(q),
            perform(
              gather,
              at(get(area), [], 4 * q),
              4 * high,
              i32.add(get(source), i32.mul(i32.add(scaled(n, groups), get(group)), 4 * channels * sourceLength)),
              i32.add(scaled(t, stride), start),
            ),
          ]),
          forRange(
            block,
            0,
            padded,
            width,
            perform(
              tileFunction(emission, { rows: high, vectors }),
              at(get(weights), [
                [group, 4 * padded * steps],
                [block, 4 * steps],
              ]),
              get(area),
              at(get(area), [[block, 4]], resultsAt),
              ...[4 * padded, 1, 1, steps, 0, 4 * width, 0],
            ),
          ),
          ...Array.from({ length: high }, (_, q) => [
            ...locate(q),
            set(channel, scaled(group, rows)),
            set(results, at(get(area), [], resultsAt + 4 * padded * q)),
            finish ? finishChannels(emission, finish, operands, get(results), rows, [n, channel, t]) : [],
            set(
              row,
              at(get(out), [
                [channel, 4 * outLength],
                [t, 4],
              ]),
            ),
            set(row, i32.add(get(row), scaled(n, 4 * groups * rows * outLength))),
            perform(scatterFunction(emission, outLength), get(row), get(results), rows),
          ]),
        ];
        return forRange(group, 0, positions > 0 ? groups : 0, 1, inBlocks(p, positions, height, several));
      },
    );
  });
  return { run, scratch };
}

/**
 * What one position sees of the source, in the order of the sum: `target[(c·taps + m)·step] = source[c, from + m·tapStep]`.
 * Parameters: target, step in bytes, source, from.
 */
const gatherFunction = (
  emission: Emission,
  { channels, taps, tapStep, sourceLength }: Correlation,
): FunctionReference<null> =>
  emission.shared(`gatherPosition ${[channels, taps, tapStep, sourceLength]}`, () => {
    // The first and the last tap inside the source are the same for all channels. Backwards, the roles of the ends are exchanged.
    const size = Math.abs(tapStep);
    const ceilDivide = (a: Local<"i32">, offset: number, sign: 1 | -1) =>
      i32.divS(max(i32.add(scaled(a, sign), offset + size - 1), 0), size);
    return emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (f, target, step, source, from) => {
      const [c, m, first, end] = f.locals("i32", 4);
      const at0 = f.local("i32");
      const upTo = (value: ReturnType<typeof ceilDivide>) => min(value, taps);
      const zero: Statement[] = [f32.store(get(target), f32.const(0)), increase(target, get(step))];
      return [
        set(first, upTo(tapStep > 0 ? ceilDivide(from, 0, -1) : ceilDivide(from, 1 - sourceLength, 1))),
        set(end, upTo(tapStep > 0 ? ceilDivide(from, sourceLength, -1) : ceilDivide(from, 1, 1))),
        set(end, max(get(end), get(first))),
        forRange(
          c,
          0,
          channels,
          1,
          forRange(m, 0, get(first), 1, ...zero),
          set(
            at0,
            at(get(source), [
              [from, 4],
              [m, 4 * tapStep],
            ]),
          ),
          forRange(
            m,
            get(first),
            get(end),
            1,
            f32.store(get(target), f32.load(get(at0))),
            increase(at0, 4 * tapStep),
            increase(target, get(step)),
          ),
          forRange(m, get(end), taps, 1, ...zero),
          increase(source, 4 * sourceLength),
        ),
      ];
    });
  });

/** Puts results that lie side by side into a column of time. Parameters: out, results, count. */
const scatterFunction = (emission: Emission, pitch: number): FunctionReference<null> =>
  emission.shared(`scatterPosition ${pitch}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (f, out, results, count) => {
      const r = f.local("i32");
      return forRange(
        r,
        0,
        get(count),
        1,
        f32.store(get(out), f32.load(get(results))),
        increase(out, 4 * pitch),
        increase(results, 4),
      );
    }),
  );

/** The weights as positions read them: groups, blocks of rows, channels, taps, rows; rows that do not exist are 0. */
export function positionWeights(problem: Correlation, { tile: { vectors } }: PositionSchedule): PackedWeights {
  const { groups, rows, channels, taps, weights: strides } = problem;
  const width = 4 * vectors;
  const padded = Math.ceil(rows / width) * width;
  const layout = `positions ${vectors} ${JSON.stringify([groups, rows, channels, taps, strides])}`;
  return {
    layout,
    bytes: 4 * groups * padded * channels * taps + 16,
    flagged: false,
    pack: (emission) =>
      emission.shared(layout, () =>
        emission.module.function({ parameters: ["i32", "i32"] }, (f, target, source) => {
          const [group, row, four, offset] = f.locals("i32", 4);
          const block = (height: number): Statement[] => [
            set(four, i32.remU(get(row), width)),
            set(offset, i32.mul(i32.sub(get(row), get(four)), 4 * channels * taps)),
            packRows(
              emission,
              height,
              [
                i32.add(get(target), i32.add(get(offset), scaled(four, 4))),
                4 * width,
                at(
                  get(source),
                  [
                    [group, 4 * strides.group],
                    [row, 4 * strides.row],
                  ],
                  4 * strides.offset,
                ),
              ],
              channels,
              taps,
              strides,
            ),
          ];
          // Rows beyond the last one of four have no weights at all.
          const empty = padded - Math.ceil(rows / 4) * 4;
          return forRange(
            group,
            0,
            groups,
            1,
            empty > 0 ? perform(zeroFunction(emission), get(target), 4 * padded * channels * taps) : [],
            inBlocks(row, rows, 4, block),
            increase(target, 4 * padded * channels * taps),
          );
        }),
      ),
  };
}
