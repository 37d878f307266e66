import type { Conv1dGeometry } from "../../../../core/geometry.ts";
import {
  type FunctionReference,
  f32x4,
  forRange,
  get,
  type I32,
  i32,
  increase,
  perform,
  type Statement,
  set,
  v128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at, max, min, scaled } from "./arithmetic.ts";
import { type Finish, finishTime } from "./finish.ts";
import type { PackedWeights } from "./packedWeights.ts";
import { packRowFunction } from "./packRow.ts";
import { packRows } from "./packWeights.ts";
import type { Tile } from "./tile.ts";
import { tileFunction } from "./tile.ts";
import { panelPitch } from "./tiles.ts";

/**
 * The transposed convolution with a stride, without zeros between the samples: results at j with (j + padBefore) mod stride = `phase`
 * meet every `tapStride`-th tap only, and among themselves are a convolution without stride.
 *
 *     j = q·stride + phase − padBefore      x[j] = Σ_o Σ_m  w[o, i, firstTap + m·tapStride] · g[o, q + shift − m·step]
 */
export interface Phase {
  readonly phase: number;
  readonly firstTap: number;
  readonly tapStride: number;
  readonly taps: number;
  readonly shift: number;
  readonly step: number;
}

export interface PhaseSchedule {
  readonly algorithm: "phases";
  readonly tile: Tile;
  /** Values of q that share one packed panel of g. */
  readonly columns: number;
}

export function phasesOf({ kernelSize, stride, dilation }: Conv1dGeometry): Phase[] {
  const common = gcd(stride, dilation);
  const tapStride = stride / common;
  return Array.from({ length: stride }, (_, phase) => {
    const none = { phase, firstTap: 0, tapStride, taps: 0, shift: 0, step: dilation / common };
    for (let k = 0; k < Math.min(tapStride, kernelSize); k++)
      if ((k * dilation) % stride === phase)
        return {
          ...none,
          firstTap: k,
          taps: Math.ceil((kernelSize - k) / tapStride),
          shift: (phase - k * dilation) / stride,
        };
    return none;
  });
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export function schedulePhases({ inChannels, groups, stride, xLength }: Conv1dGeometry): PhaseSchedule {
  const rows = inChannels / groups;
  const tile = { rows: Math.min(rows, 4), vectors: rows === 1 ? 6 : rows === 2 ? 4 : 2 };
  const width = 4 * tile.vectors;
  const all = Math.floor((xLength - 1) / stride) + 2;
  const columns = Math.ceil(all / Math.ceil(all / 128) / width) * width;
  return { algorithm: "phases", tile, columns };
}

/** Parameters: g, packed weights, out, scratch, operands of the epilogue. */
export function phasesFunction(
  emission: Emission,
  geometry: Conv1dGeometry,
  schedule: PhaseSchedule,
  finish: Finish | null,
): { readonly run: FunctionReference<null>; readonly scratch: number } {
  const { batch, groups, stride, padBefore, xLength, gLength } = geometry;
  const [rows, channels] = [geometry.inChannels / groups, geometry.outChannels / groups];
  const { tile, columns } = schedule;
  const width = 4 * tile.vectors;
  const phases = phasesOf(geometry);
  const busy = phases.filter(({ taps }) => taps > 0);
  // The panel's first column for q is q + before, wide enough for every phase.
  const before = Math.min(...busy.map(({ shift, taps, step }) => shift - (taps - 1) * step));
  const reach = Math.max(...busy.map(({ shift }) => shift)) - before;
  const pitch = panelPitch(columns + reach);
  const panelBytes = pitch * channels;
  const phasePitch = 4 * columns + 16;
  const scratch = panelBytes + phasePitch * stride * tile.rows;
  const taps = geometry.kernelSize;
  const firstQ = Math.floor(padBefore / stride);
  const endQ = Math.floor((xLength - 1 + padBefore) / stride) + 1;

  const run = emission.shared(`phases ${JSON.stringify([geometry, schedule, finish])}`, () => {
    const packRow = packRowFunction(emission, 1);
    const interleave = interleaveFunction(emission, stride);
    const operandTypes = (finish?.strides ?? []).map(() => "i32" as const);
    return emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", ...operandTypes] },
      (f, source, weights, out, area, ...operands) => {
        const [n, group, q, o, row, channel] = f.locals("i32", 6);
        const [tiles, span, w, target] = f.locals("i32", 4);
        const [from, end, lane, result] = f.locals("i32", 4);
        const block = (height: number): Statement[] => [
          ...phases.map(({ phase, taps: own, shift, step }): Statement => {
            const y = at(get(area), [], panelBytes + phase * phasePitch);
            const x = at(get(area), [], 4 * (shift - before));
            const sum = perform(
              tileFunction(emission, { rows: height, vectors: tile.vectors }),
              ...[own > 0 ? x : get(area), get(w), y, phasePitch * stride, get(tiles)],
              ...[own > 0 ? channels : 0, own, pitch + 4 * own * step, -4 * step, 0],
            );
            return own > 0
              ? [sum, increase(w, 4 * height * channels * own)]
              : perform(zeroRowsFunction(emission), y, height, phasePitch * stride, 4 * columns);
          }),
          set(target, at(get(area), [], panelBytes)),
          forRange(
            lane,
            0,
            height,
            1,
            set(
              result,
              at(get(out), [
                [channel, 4 * xLength],
                [from, 4],
              ]),
            ),
            set(result, i32.add(get(result), scaled(n, 4 * xLength * rows * groups))),
            perform(
              interleave,
              get(result),
              get(target),
              phasePitch,
              i32.sub(i32.add(get(from), padBefore), scaled(q, stride)),
              i32.sub(get(end), get(from)),
            ),
            finish
              ? finishTime(emission, finish, operands, get(result), i32.sub(get(end), get(from)), [n, channel, from])
              : [],
            increase(target, phasePitch * stride),
            increase(channel, 1),
          ),
        ];
        const remainder = rows % tile.rows;
        const source0: I32 = i32.add(
          get(source),
          i32.mul(i32.add(scaled(n, groups), get(group)), 4 * channels * gLength),
        );
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
              q,
              firstQ,
              endQ,
              columns,
              set(span, min(i32.sub(endQ, get(q)), columns)),
              set(tiles, i32.divU(i32.add(get(span), width - 1), width)),
              set(from, max(at(scaled(q, stride), [], -padBefore), 0)),
              set(end, min(at(scaled(q, stride), [[span, stride]], -padBefore), xLength)),
              set(target, get(area)),
              set(result, source0),
              forRange(
                o,
                0,
                channels,
                1,
                perform(
                  packRow,
                  get(target),
                  get(result),
                  i32.add(get(q), before),
                  gLength,
                  i32.add(i32.mul(get(tiles), width), reach),
                ),
                increase(target, pitch),
                increase(result, 4 * gLength),
              ),
              set(w, at(get(weights), [[group, 4 * rows * channels * taps]])),
              set(channel, scaled(group, rows)),
              forRange(row, 0, rows - tile.rows + 1, tile.rows, ...block(tile.rows)),
              remainder > 0 ? block(remainder) : [],
            ),
          ),
        );
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

/** Parameters: rows, how many, pitch, bytes of each (a multiple of 16). */
const zeroRowsFunction = (emission: Emission): FunctionReference<null> =>
  emission.shared("zeroRows", () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (f, rows, count, pitch, bytes) => {
      const [r, u] = f.locals("i32", 2);
      return forRange(
        r,
        0,
        get(count),
        1,
        forRange(u, 0, get(bytes), 16, v128.store(i32.add(get(rows), get(u)), f32x4.const(0))),
        increase(rows, get(pitch)),
      );
    }),
  );

/** The weights as the phases read them: groups, blocks of rows, phases, channels, taps, rows. */
export function phaseWeights(geometry: Conv1dGeometry, { tile }: PhaseSchedule): PackedWeights {
  const { groups, kernelSize } = geometry;
  const [rows, channels] = [geometry.inChannels / groups, geometry.outChannels / groups];
  const filter = rows * kernelSize;
  const phases = phasesOf(geometry).filter(({ taps }) => taps > 0);
  const layout = `phases ${tile.rows} ${JSON.stringify([groups, rows, channels, kernelSize, phases])}`;
  return {
    layout,
    bytes: 4 * groups * rows * channels * kernelSize + 16,
    flagged: false,
    pack: (emission) =>
      emission.shared(layout, () =>
        emission.module.function({ parameters: ["i32", "i32"] }, (f, target, source) => {
          const [group, row] = f.locals("i32", 2);
          const block = (height: number): Statement[] =>
            phases.map(({ firstTap, tapStride, taps }) => [
              packRows(
                emission,
                height,
                [
                  get(target),
                  4 * height,
                  at(
                    get(source),
                    [
                      [group, 4 * channels * filter],
                      [row, 4 * kernelSize],
                    ],
                    4 * firstTap,
                  ),
                ],
                channels,
                taps,
                { row: kernelSize, channel: filter, tap: tapStride },
              ),
              increase(target, 4 * height * channels * taps),
            ]);
          const remainder = rows % tile.rows;
          return forRange(
            group,
            0,
            groups,
            1,
            forRange(row, 0, rows - tile.rows + 1, tile.rows, ...block(tile.rows)),
            remainder > 0 ? block(remainder) : [],
          );
        }),
      ),
  };
}
