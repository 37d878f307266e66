import { gcd } from "../../../../core/gcd.ts";
import type { Conv1dGeometry } from "../../../../core/geometry.ts";
import {
  type FunctionReference,
  forRange,
  get,
  i32,
  ifThen,
  increase,
  perform,
  type Statement,
  set,
  v128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at, max, min, scaled } from "./arithmetic.ts";
import { inBlocks } from "./blocks.ts";
import { type Finish, finishTime } from "./finish.ts";
import type { PackedWeights } from "./packedWeights.ts";
import { packRowFunction } from "./packRow.ts";
import { packRows } from "./packWeights.ts";
import { STEPS, tileFor } from "./schedule.ts";
import { type Tile, tileFunction } from "./tile.ts";
import { panelPitch } from "./tiles.ts";
import { zeroFunction } from "./zero.ts";

/**
 * The transposed convolution with a stride, without zeros between the samples. Results at j with (j + padBefore) mod stride = `phase`
 * meet every `tapStride`-th tap only, from the first tap k with k·dilation mod stride = `phase`; among themselves they are a
 * convolution without stride:
 *
 *     j = q·stride + phase − padBefore      x[j] = Σ_o Σ_m  w[o, i, k + m·tapStride] · g[o, q + shift − m·step]
 *
 * with shift = (phase − k·dilation) / stride and step = dilation / gcd(stride, dilation). So the phases that have taps are counted by
 * their first tap.
 */
export interface PhaseSchedule {
  readonly algorithm: "phases";
  readonly tile: Tile;
  /** Values of q that share one packed panel of g. */
  readonly columns: number;
  /** Channels of g summed before the next portion of the panel is packed. */
  readonly channels: number;
}

/** Taps from one of a phase to its next, how many phases have taps, and the most taps that one has. */
function phasesOf({ kernelSize, stride, dilation }: Conv1dGeometry) {
  const tapStride = stride / gcd(stride, dilation);
  return { tapStride, busy: Math.min(tapStride, kernelSize), most: Math.ceil(kernelSize / tapStride) };
}

export function schedulePhases(geometry: Conv1dGeometry): PhaseSchedule {
  const { inChannels, outChannels, groups, stride, xLength } = geometry;
  const tile = tileFor(inChannels / groups);
  const width = 4 * tile.vectors;
  const all = Math.floor((xLength - 1) / stride) + 2;
  const columns = Math.ceil(all / Math.ceil(all / 128) / width) * width;
  const channels = Math.max(1, Math.min(outChannels / groups, Math.floor(STEPS / phasesOf(geometry).most)));
  return { algorithm: "phases", tile, columns, channels };
}

/** Parameters: g, packed weights, out, scratch, operands of the epilogue. */
export function phasesFunction(
  emission: Emission,
  geometry: Conv1dGeometry,
  schedule: PhaseSchedule,
  finish: Finish | null,
): { readonly run: FunctionReference<null>; readonly scratch: number } {
  const { batch, groups, kernelSize, stride, dilation, padBefore, xLength, gLength } = geometry;
  const [rows, channels] = [geometry.inChannels / groups, geometry.outChannels / groups];
  const { tile, columns, channels: portion } = schedule;
  const width = 4 * tile.vectors;
  const { tapStride, busy } = phasesOf(geometry);
  const step = (dilation * tapStride) / stride;
  // The panel's first column for q is q + before, and it is wide enough for every phase: the last tap looks back furthest.
  const before = -Math.floor((dilation * (kernelSize - 1)) / stride);
  const pitch = panelPitch(columns - before);
  const panelBytes = pitch * portion;
  const phasePitch = 4 * columns + 16;
  const rowPitch = phasePitch * stride;
  const scratch = panelBytes + rowPitch * (portion < channels ? rows : tile.rows);
  const firstQ = Math.floor(padBefore / stride);
  const endQ = Math.floor((xLength - 1 + padBefore) / stride) + 1;

  const run = emission.shared(`phases ${JSON.stringify([geometry, schedule, finish])}`, () => {
    const packRow = packRowFunction(emission, 1);
    const interleave = interleaveFunction(emission, stride);
    const operandTypes = (finish?.strides ?? []).map(() => "i32" as const);
    return emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", ...operandTypes] },
      (f, source, weights, out, area, ...operands) => {
        const [n, group, q, c, o, row, channel, first] = f.locals("i32", 8);
        const [tiles, summed, w, taps, shift, phase, target, sums] = f.locals("i32", 8);
        const [from, end, lane, result] = f.locals("i32", 4);

        const sumPhases = (height: number): Statement =>
          forRange(
            first,
            0,
            busy,
            1,
            set(taps, i32.divU(i32.sub(kernelSize + tapStride - 1, get(first)), tapStride)),
            set(phase, i32.remU(scaled(first, dilation), stride)),
            set(shift, i32.divS(i32.sub(get(phase), scaled(first, dilation)), stride)),
            perform(
              tileFunction(emission, { rows: height, vectors: tile.vectors }),
              at(get(area), [[shift, 4]], -4 * before),
              get(w),
              at(get(sums), [[phase, phasePitch]]),
              rowPitch,
              get(tiles),
              get(summed),
              get(taps),
              at(scaled(taps, 4 * step), [], pitch),
              -4 * step,
              get(c),
            ),
            increase(w, i32.mul(scaled(summed, 4 * height), get(taps))),
          );
        const finishRow: Statement[] = [
          set(
            result,
            at(get(out), [
              [channel, 4 * xLength],
              [from, 4],
              [n, 4 * xLength * rows * groups],
            ]),
          ),
          perform(
            interleave,
            get(result),
            get(sums),
            phasePitch,
            i32.sub(i32.add(get(from), padBefore), scaled(q, stride)),
            i32.sub(get(end), get(from)),
          ),
          finish
            ? finishTime(emission, finish, operands, get(result), i32.sub(get(end), get(from)), [n, channel, from])
            : [],
          increase(sums, rowPitch),
          increase(channel, 1),
        ];
        const block = (height: number): Statement[] => [
          set(sums, at(get(area), portion < channels ? [[row, rowPitch]] : [], panelBytes)),
          // Phases without taps are nowhere summed.
          busy < stride ? ifThen(i32.eqz(get(c)), [perform(zeroFunction(emission), get(sums), rowPitch * height)]) : [],
          sumPhases(height),
          ifThen(i32.geS(get(c), channels - portion), [forRange(lane, 0, height, 1, ...finishRow)]),
        ];
        const pack: Statement = [
          set(target, get(area)),
          set(result, i32.add(i32.mul(i32.add(scaled(n, groups), get(group)), channels), get(c))),
          set(result, at(get(source), [[result, 4 * gLength]])),
          forRange(
            o,
            0,
            get(summed),
            1,
            perform(
              packRow,
              get(target),
              get(result),
              i32.add(get(q), before),
              gLength,
              at(scaled(tiles, width), [], -before),
            ),
            increase(target, pitch),
            increase(result, 4 * gLength),
          ),
        ];
        const eachPortion: Statement = forRange(
          c,
          0,
          channels,
          portion,
          set(summed, min(i32.sub(channels, get(c)), portion)),
          pack,
          set(channel, scaled(group, rows)),
          inBlocks(row, rows, tile.rows, block),
        );
        const eachStretch: Statement = forRange(
          q,
          firstQ,
          endQ,
          columns,
          set(tiles, min(i32.sub(endQ, get(q)), columns)),
          set(from, max(at(scaled(q, stride), [], -padBefore), 0)),
          set(end, min(at(scaled(q, stride), [[tiles, stride]], -padBefore), xLength)),
          set(tiles, i32.divU(i32.add(get(tiles), width - 1), width)),
          set(w, at(get(weights), [[group, 4 * rows * channels * kernelSize]])),
          eachPortion,
        );
        return forRange(n, 0, batch, 1, forRange(group, 0, groups, 1, eachStretch));
      },
    );
  });
  return { run, scratch };
}

/**
 * `out[u] = phases[(from + u) mod stride][⌊(from + u) / stride⌋]` for u in 0..count−1; a row per phase.
 * Parameters: out, phases, pitch of their rows, from, count.
 */
const interleaveFunction = (emission: Emission, stride: number): FunctionReference<null> =>
  emission.shared(`interleave ${stride}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"] },
      (f, out, rows, pitch, from, count) => {
        const [phase, first, u, at0, vector] = [
          f.local("i32"),
          f.local("i32"),
          f.local("i32"),
          f.local("i32"),
          f.local("v128"),
        ];
        const address = i32.add(get(out), i32.shl(get(u), 2));
        const storeLane = (lane: number): Statement => v128.store32Lane(address, get(vector), lane, 4 * stride * lane);
        return forRange(
          phase,
          0,
          stride,
          1,
          // The first result of this phase: u ≡ phase − from (mod stride).
          set(first, i32.remS(i32.sub(get(phase), get(from)), stride)),
          set(first, i32.add(get(first), i32.and(i32.shrS(get(first), 31), stride))),
          set(at0, i32.add(get(rows), i32.shl(i32.divU(i32.add(get(from), get(first)), stride), 2))),
          set(u, get(first)),
          forRange(
            u,
            get(first),
            i32.sub(get(count), 3 * stride),
            4 * stride,
            set(vector, v128.load(get(at0))),
            ...[0, 1, 2, 3].map(storeLane),
            increase(at0, 16),
          ),
          forRange(
            u,
            get(u),
            get(count),
            stride,
            set(vector, v128.load32Zero(get(at0))),
            storeLane(0),
            increase(at0, 4),
          ),
          increase(rows, get(pitch)),
        );
      },
    ),
  );

/** The weights as the phases read them: groups, portions of channels, blocks of rows, phases, channels, taps, rows. */
export function phaseWeights(geometry: Conv1dGeometry, { tile, channels: portion }: PhaseSchedule): PackedWeights {
  const { groups, kernelSize } = geometry;
  const [rows, channels] = [geometry.inChannels / groups, geometry.outChannels / groups];
  const filter = rows * kernelSize;
  const { tapStride, busy } = phasesOf(geometry);
  const layout = `phases ${[tile.rows, portion, groups, rows, channels, kernelSize, tapStride]}`;
  return {
    layout,
    bytes: 4 * groups * rows * channels * kernelSize + 16,
    flagged: false,
    pack: (emission) =>
      emission.shared(layout, () =>
        emission.module.function({ parameters: ["i32", "i32"] }, (f, target, source) => {
          const [group, c, row, first, taps, summed] = f.locals("i32", 6);
          const block = (height: number): Statement =>
            forRange(
              first,
              0,
              busy,
              1,
              set(taps, i32.divU(i32.sub(kernelSize + tapStride - 1, get(first)), tapStride)),
              packRows(
                emission,
                height,
                [
                  get(target),
                  4 * height,
                  at(get(source), [
                    [group, 4 * channels * filter],
                    [c, 4 * filter],
                    [row, 4 * kernelSize],
                    [first, 4],
                  ]),
                ],
                get(summed),
                get(taps),
                { row: kernelSize, channel: filter, tap: tapStride },
              ),
              increase(target, i32.mul(scaled(summed, 4 * height), get(taps))),
            );
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
