/** Ways to compute a convolution other than the one that is chosen for it: every one must give the same bits. */
import { type Correlation, ofConv1d, ofConv1dInput } from "../../src/backends/wasm/kernels/convolution/correlation.ts";
import { type Convolution, convolutionOf } from "../../src/backends/wasm/kernels/convolution/index.ts";
import {
  type PhaseSchedule,
  phasesFunction,
  phaseWeights,
  schedulePhases,
} from "../../src/backends/wasm/kernels/convolution/phases.ts";
import { positionsFunction, positionWeights } from "../../src/backends/wasm/kernels/convolution/positions.ts";
import {
  type PositionSchedule,
  schedulePositions,
  scheduleTiles,
  type TileSchedule,
} from "../../src/backends/wasm/kernels/convolution/schedule.ts";
import { tilesFunction, tileWeights } from "../../src/backends/wasm/kernels/convolution/tiles.ts";
import {
  scheduleWeights,
  type WeightSchedule,
  weightGradientFunction,
} from "../../src/backends/wasm/kernels/convolution/weightGradient.ts";
import type { Conv1dGeometry } from "../../src/core/geometry.ts";
import type { Candidate } from "./convolutionMachine.ts";

export type ConvolutionKernel = "conv1d" | "conv1dInput" | "conv1dWeight";

/** A candidate with a name for messages. */
export interface Scheduled extends Candidate {
  readonly name: string;
}

/** What is chosen for the geometry. */
export const chosenSchedule = (kernel: ConvolutionKernel, geometry: Conv1dGeometry): Scheduled & Convolution => {
  const chosen = convolutionOf(kernel, geometry, null);
  return { name: JSON.stringify(chosen.schedule), ...chosen };
};

/** What is chosen comes first, then what could be chosen just as well. */
export function everySchedule(kernel: ConvolutionKernel, geometry: Conv1dGeometry): Scheduled[] {
  const chosen = chosenSchedule(kernel, geometry);
  return [chosen, ...otherSchedules(kernel, geometry).filter(({ name }) => name !== chosen.name)];
}

function otherSchedules(kernel: ConvolutionKernel, geometry: Conv1dGeometry): Scheduled[] {
  if (kernel === "conv1dWeight") return weightSchedules(geometry);
  if (kernel === "conv1d") return correlations(ofConv1d(geometry));
  const phases = phaseSchedules(geometry);
  return geometry.stride === 1 ? [...correlations(ofConv1dInput(geometry)), ...phases] : phases;
}

/** Each schedule once. */
const distinct = (all: readonly Scheduled[]): Scheduled[] => [...new Map(all.map((one) => [one.name, one])).values()];

const correlations = (problem: Correlation): Scheduled[] =>
  distinct([
    ...tileSchedules(problem).map((schedule) => ({
      name: JSON.stringify(schedule),
      weights: tileWeights(problem, schedule),
      emit: (emission: Parameters<Candidate["emit"]>[0]) => tilesFunction(emission, problem, schedule, null),
    })),
    ...positionSchedules(problem).map((schedule) => ({
      name: JSON.stringify(schedule),
      weights: positionWeights(problem, schedule),
      emit: (emission: Parameters<Candidate["emit"]>[0]) => positionsFunction(emission, problem, schedule, null),
    })),
  ]);

/** Tiles of other sizes, panels of other widths, depths and kinds. A panel by channel is for stride 1 only. */
function tileSchedules(problem: Correlation): TileSchedule[] {
  const usual = scheduleTiles(problem);
  const { rows, channels, stride } = problem;
  const other = (
    height: number,
    vectors: number,
    tiles: number,
    portion: number,
    byChannel: boolean,
  ): TileSchedule => ({
    ...usual,
    tile: { rows: Math.min(height, rows), vectors },
    columns: 4 * vectors * tiles,
    channels: Math.min(portion, channels),
    panel: byChannel && stride === 1 ? "channel" : "tap",
  });
  return [
    usual,
    other(1, 1, 1, 1, true),
    other(2, 3, 2, 2, false),
    other(3, 2, 3, 3, true),
    other(4, 1, 40, channels, true),
    other(1, 6, 6, channels, false),
  ];
}

function positionSchedules(problem: Correlation): PositionSchedule[] {
  const usual = schedulePositions(problem);
  const other = (positions: number, vectors: number): PositionSchedule => ({
    ...usual,
    tile: { rows: Math.min(positions, Math.max(problem.batch * problem.outLength, 1)), vectors },
  });
  // Of all that a long signal would gather there is nothing new to see.
  return problem.outLength > 40 ? [] : [usual, other(1, 1), other(3, 2), other(4, 1)];
}

function phaseSchedules(geometry: Conv1dGeometry): Scheduled[] {
  const usual = schedulePhases(geometry);
  const [rows, channels] = [geometry.inChannels / geometry.groups, geometry.outChannels / geometry.groups];
  const other = (height: number, vectors: number, tiles: number, portion: number): PhaseSchedule => ({
    ...usual,
    tile: { rows: Math.min(height, rows), vectors },
    columns: 4 * vectors * tiles,
    channels: Math.min(portion, channels),
  });
  const all = [
    usual,
    other(1, 1, 1, 1),
    other(2, 3, 2, channels),
    other(3, 2, 3, 2),
    other(4, 1, 50, 3),
    other(4, 2, 9, channels),
  ];
  return distinct(
    all.map((schedule) => ({
      name: JSON.stringify(schedule),
      weights: phaseWeights(geometry, schedule),
      emit: (emission) => phasesFunction(emission, geometry, schedule, null),
    })),
  );
}

function weightSchedules(geometry: Conv1dGeometry): Scheduled[] {
  const usual = scheduleWeights(geometry);
  const [rows, channels] = [geometry.outChannels / geometry.groups, geometry.inChannels / geometry.groups];
  const other = (height: number, portion: number, byChannel: boolean): WeightSchedule => ({
    ...usual,
    tile: { ...usual.tile, rows: Math.min(height, rows) },
    channels: Math.min(portion, channels),
    panel: byChannel && geometry.stride === 1 ? "channel" : "tap",
  });
  const all = [usual, other(1, 1, true), other(2, 2, false), other(3, channels, true), other(4, 1, false)];
  return distinct(
    all.map((schedule) => ({
      name: JSON.stringify(schedule),
      weights: null,
      emit: (emission) => weightGradientFunction(emission, geometry, schedule),
    })),
  );
}
