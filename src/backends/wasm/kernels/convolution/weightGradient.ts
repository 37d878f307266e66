import type { Conv1dGeometry } from "../../../../core/geometry.ts";
import {
  doWhile,
  type FunctionReference,
  f32,
  f32x4,
  forRange,
  get,
  i32,
  i32x4,
  ifThen,
  increase,
  perform,
  type Statement,
  set,
  shuffle32,
  type V128,
  v128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at, min, scaled } from "./arithmetic.ts";
import { inBlocks } from "./blocks.ts";
import { packRowFunction } from "./packRow.ts";
import { panelPitch } from "./tiles.ts";

/** Positions of time whose products are summed before they join the weight: a part of the definition, see the reference kernel. */
const BLOCK = 256;

/** Bytes of x that are packed at once: they stay in the second cache while every block of rows of g meets them. */
const PANEL_BYTES = 262144;

export interface WeightSchedule {
  readonly algorithm: "weights";
  /** Rows of g, and weights of each, that a register tile sums. */
  readonly tile: { readonly rows: number; readonly columns: 2 };
  /** Channels of x packed at once. */
  readonly channels: number;
  /** As in `TileSchedule`. */
  readonly panel: "channel" | "tap";
}

export function scheduleWeights(geometry: Conv1dGeometry): WeightSchedule {
  const { inChannels, outChannels, groups, kernelSize, stride, dilation } = geometry;
  const panel = stride === 1 && kernelSize > 1 && dilation <= BLOCK ? "channel" : "tap";
  const perChannel = panel === "channel" ? panelPitch(BLOCK + (kernelSize - 1) * dilation) : kernelSize * G_PITCH;
  const channels = Math.max(1, Math.min(inChannels / groups, Math.floor(PANEL_BYTES / perChannel)));
  return { algorithm: "weights", tile: { rows: Math.min(4, outChannels / groups), columns: 2 }, channels, panel };
}

const G_PITCH = panelPitch(BLOCK);

/** Parameters: x, g, out, scratch. */
export function weightGradientFunction(
  emission: Emission,
  geometry: Conv1dGeometry,
  schedule: WeightSchedule,
): { readonly run: FunctionReference<null>; readonly scratch: number } {
  const { batch, groups, kernelSize: taps, stride, dilation, padBefore, xLength, gLength } = geometry;
  const [channels, rows] = [geometry.inChannels / groups, geometry.outChannels / groups];
  const { tile, channels: portion } = schedule;
  const byChannel = schedule.panel === "channel";
  const halo = byChannel ? (taps - 1) * dilation : 0;
  const pitch = panelPitch(BLOCK + halo);
  const weights = channels * taps;
  const blocks = Math.ceil(rows / tile.rows);
  const xAt = G_PITCH * blocks * tile.rows;
  const sumsAt = xAt + pitch * portion * (byChannel ? 1 : taps);
  const scratch = sumsAt + 16 * blocks * weights;

  const run = emission.shared(`weightGradient ${JSON.stringify([geometry, schedule])}`, () => {
    const packX = packRowFunction(emission, stride);
    const packG = packRowFunction(emission, 1);
    const unpack = unpackFunction(emission, tile.rows);
    return emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (f, x, g, out, area) => {
      const [n, group, t, c, i, m, row] = f.locals("i32", 7);
      const [count, whole, summed, target, from, sums] = f.locals("i32", 6);
      const packRows: Statement = [
        set(from, i32.add(get(g), i32.mul(i32.add(scaled(n, groups), get(group)), 4 * rows * gLength))),
        set(target, get(area)),
        forRange(
          i,
          0,
          rows,
          1,
          perform(packG, get(target), get(from), get(t), gLength, get(whole)),
          increase(target, G_PITCH),
          increase(from, 4 * gLength),
        ),
      ];
      const packChannel: Statement = byChannel
        ? [
            perform(packX, get(target), get(from), at(get(t), [], -padBefore), xLength, i32.add(get(whole), halo)),
            increase(target, pitch),
          ]
        : forRange(
            m,
            0,
            taps,
            1,
            perform(
              packX,
              get(target),
              get(from),
              at(scaled(t, stride), [[m, dilation]], -padBefore),
              xLength,
              get(whole),
            ),
            increase(target, pitch),
          );
      const sumBlock = (height: number): Statement => [
        perform(
          weightTilesFunction(emission, height),
          at(get(area), [[row, G_PITCH]]),
          at(get(area), [], xAt),
          get(sums),
          ...(byChannel
            ? [get(summed), taps, 4 * dilation, pitch - 4 * taps * dilation]
            : [1, scaled(summed, taps), pitch, 0]),
          i32.shrU(get(count), 2),
          i32.and(get(count), 3),
        ),
        increase(sums, 16 * weights),
      ];
      return forRange(
        group,
        0,
        groups,
        1,
        forRange(
          target,
          at(get(area), [], sumsAt),
          at(get(area), [], scratch),
          16,
          v128.store(get(target), f32x4.const(0)),
        ),
        forRange(
          n,
          0,
          batch,
          1,
          forRange(
            t,
            0,
            gLength,
            BLOCK,
            set(count, min(i32.sub(gLength, get(t)), BLOCK)),
            set(whole, i32.and(i32.add(get(count), 3), -4)),
            packRows,
            forRange(
              c,
              0,
              channels,
              portion,
              set(summed, min(i32.sub(channels, get(c)), portion)),
              set(target, at(get(area), [], xAt)),
              set(from, i32.mul(i32.add(scaled(n, groups), get(group)), 4 * channels * xLength)),
              set(from, i32.add(get(x), at(get(from), [[c, 4 * xLength]]))),
              forRange(i, 0, get(summed), 1, packChannel, increase(from, 4 * xLength)),
              set(sums, at(get(area), [[c, 16 * taps]], sumsAt)),
              inBlocks(row, rows, tile.rows, sumBlock),
            ),
          ),
        ),
        perform(unpack, at(get(out), [[group, 4 * rows * weights]]), at(get(area), [], sumsAt), rows, weights),
      );
    });
  });
  return { run, scratch };
}

/**
 * Adds to `sums[weight][row]` the products of `rows` rows of g with the panel of x, for all weights: `channels` times `taps`, the first
 * of each channel `channelStep` after the end of the taps before it. Lanes are positions modulo 4, summed as the definition says.
 *
 * Parameters: g, x, sums, channels, taps, tapStep, channelStep, vectors of four positions, and how many positions remain.
 */
const weightTilesFunction = (emission: Emission, rows: number): FunctionReference<null> =>
  emission.shared(`weightTiles ${rows}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] },
      (f, g, x, sums, channels, taps, tapStep, channelStep, vectors, rest) => {
        const [left, tap, first, second, pg, step] = f.locals("i32", 6);
        const accumulators = Array.from({ length: rows }, () => [f.local("v128"), f.local("v128")] as const);
        const [held, x0, x1, mask] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];

        /** The position of the next weight's samples in the panel. */
        const advance: Statement = [
          increase(x, get(tapStep)),
          set(tap, i32.sub(get(tap), 1)),
          ifThen(i32.eqz(get(tap)), [increase(x, get(channelStep)), set(tap, get(taps))]),
        ];
        const multiply = (columns: 1 | 2, masked: boolean): Statement[] => [
          set(x0, masked ? v128.and(v128.load(get(first)), get(mask)) : v128.load(get(first))),
          columns === 2 ? set(x1, masked ? v128.and(v128.load(get(second)), get(mask)) : v128.load(get(second))) : [],
          ...accumulators.flatMap(([a, b], r) => [
            set(held, v128.load(get(pg), G_PITCH * r)),
            set(a, f32x4.add(get(a), f32x4.mul(get(held), get(x0)))),
            columns === 2 ? set(b, f32x4.add(get(b), f32x4.mul(get(held), get(x1)))) : [],
          ]),
        ];
        const zero = f32x4.const(0);
        /** (lane 0 + lane 1) + (lane 2 + lane 3) of up to four accumulators, side by side. */
        const total = (column: 0 | 1): Statement => {
          const [a, b, c, d] = [0, 1, 2, 3].map((r): V128 => (r < rows ? get(accumulators[r]![column]) : zero)) as [
            V128,
            V128,
            V128,
            V128,
          ];
          const low = (p: V128, q: V128) => shuffle32(p, q, [0, 4, 1, 5]);
          const high = (p: V128, q: V128) => shuffle32(p, q, [2, 6, 3, 7]);
          const lanes = (p: V128, q: V128): V128 =>
            f32x4.add(shuffle32(p, q, [0, 1, 4, 5]), shuffle32(p, q, [2, 3, 6, 7]));
          const sum = f32x4.add(lanes(low(a, b), low(c, d)), lanes(high(a, b), high(c, d)));
          return v128.store(get(sums), f32x4.add(v128.load(get(sums), 16 * column), sum), 16 * column);
        };
        const weigh = (columns: 1 | 2): Statement[] => [
          ...accumulators.flatMap(([a, b]) => [set(a, zero), columns === 2 ? set(b, zero) : []]),
          set(first, get(x)),
          advance,
          columns === 2 ? [set(second, get(x)), advance] : [],
          set(pg, get(g)),
          set(step, get(vectors)),
          ifThen(get(step), [
            doWhile(
              get(step),
              ...multiply(columns, false),
              increase(pg, 16),
              increase(first, 16),
              columns === 2 ? increase(second, 16) : [],
              set(step, i32.sub(get(step), 1)),
            ),
          ]),
          ifThen(get(rest), multiply(columns, true)),
          total(0),
          columns === 2 ? total(1) : [],
          increase(sums, 16 * columns),
        ];
        return [
          set(left, i32.mul(get(channels), get(taps))),
          set(tap, get(taps)),
          set(mask, i32x4.gtS(i32x4.splat(get(rest)), i32x4.const(0, 1, 2, 3))),
          ifThen(i32.gtS(get(left), 1), [
            doWhile(i32.gtS(get(left), 1), ...weigh(2), set(left, i32.sub(get(left), 2))),
          ]),
          ifThen(get(left), weigh(1)),
        ];
      },
    ),
  );

/** `out[row][weight] = sums[⌊row / height⌋][weight][row mod height]`. Parameters: out, sums, rows, weights. */
const unpackFunction = (emission: Emission, height: number): FunctionReference<null> =>
  emission.shared(`unpackWeights ${height}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (f, out, sums, rows, weights) => {
      const [row, weight, from] = f.locals("i32", 3);
      const block = i32.mul(i32.divU(get(row), height), get(weights));
      return forRange(
        row,
        0,
        get(rows),
        1,
        set(from, i32.add(get(sums), i32.shl(block, 4))),
        increase(from, i32.shl(i32.remU(get(row), height), 2)),
        forRange(
          weight,
          0,
          get(weights),
          1,
          f32.store(get(out), f32.load(get(from))),
          increase(out, 4),
          increase(from, 16),
        ),
      );
    }),
  );
