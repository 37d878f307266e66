import type { Conv1dGeometry } from "../../../../core/geometry.ts";
import type { Epilogue } from "../../../../plan/plan.ts";
import { type FunctionReference, get, perform } from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at } from "./arithmetic.ts";
import { type Correlation, ofConv1d, ofConv1dInput } from "./correlation.ts";
import { finishOf } from "./finish.ts";
import { FLAG_BYTES, flagged, type PackedWeights } from "./packedWeights.ts";
import { type PhaseSchedule, phasesFunction, phaseWeights, schedulePhases } from "./phases.ts";
import { positionsFunction, positionWeights } from "./positions.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { tilesFunction, tileWeights } from "./tiles.ts";
import { scheduleWeights, type WeightSchedule, weightGradientFunction } from "./weightGradient.ts";

/** One of the three convolution kernels, for one geometry. */
export interface Convolution {
  readonly schedule: Schedule | PhaseSchedule | WeightSchedule;
  /** How its second operand has to be packed; `null`: it is read as it is. */
  readonly weights: PackedWeights | null;
  /** Whether the epilogue is done while results are still in the first cache. */
  readonly finishes: boolean;
  /** The function, and the scratch bytes it needs. Parameters: its two operands, out, scratch, operands of the epilogue. */
  emit(emission: Emission): { readonly run: FunctionReference<null>; readonly scratch: number };
}

export function convolutionOf(
  kernel: "conv1d" | "conv1dInput" | "conv1dWeight",
  geometry: Conv1dGeometry,
  epilogue: Epilogue | null,
): Convolution {
  if (kernel === "conv1dWeight") {
    const schedule = scheduleWeights(geometry);
    const emit = (emission: Emission) => weightGradientFunction(emission, geometry, schedule);
    return { schedule, weights: null, finishes: false, emit };
  }
  const { batch, inChannels, outChannels, xLength, gLength } = geometry;
  if (kernel === "conv1d") {
    const finish = epilogue && finishOf(epilogue, [batch, outChannels, gLength]);
    return correlation(ofConv1d(geometry), finish);
  }
  const finish = epilogue && finishOf(epilogue, [batch, inChannels, xLength]);
  const weights = geometry.outChannels * (inChannels / geometry.groups) * geometry.kernelSize;
  if (geometry.stride === 1) return beyondNothing(correlation(ofConv1dInput(geometry), finish), weights);
  const schedule = schedulePhases(geometry);
  return beyondNothing(
    {
      schedule,
      weights: phaseWeights(geometry, schedule),
      finishes: finish !== null,
      emit: (emission) => phasesFunction(emission, geometry, schedule, finish),
    },
    weights,
  );
}

function correlation(problem: Correlation, finish: ReturnType<typeof finishOf>): Convolution {
  const schedule = scheduleOf(problem);
  return schedule.algorithm === "tiles"
    ? {
        schedule,
        weights: tileWeights(problem, schedule),
        finishes: finish !== null,
        emit: (emission) => tilesFunction(emission, problem, schedule, finish),
      }
    : {
        schedule,
        weights: positionWeights(problem, schedule),
        finishes: finish !== null,
        emit: (emission) => positionsFunction(emission, problem, schedule, finish),
      };
}

/**
 * There is nothing beside the g of `conv1dInput`, but the tiles multiply what is beside it as zeros. That is the same, unless a weight
 * is not finite: 0 · ∞ is NaN. Packing the weights notes whether one is, and then the reference kernel does the step.
 */
function beyondNothing(convolution: Convolution, count: number): Convolution {
  return {
    ...convolution,
    weights: flagged(convolution.weights!, count),
    emit: (emission) => {
      const { run, scratch } = convolution.emit(emission);
      const behindFlag = emission.shared(`behindFlag ${run.index}`, () =>
        emission.module.function({ parameters: run.parameters }, (_, ...parameters) =>
          perform(
            run,
            ...parameters.map((parameter, i) =>
              i === 1 ? at(get(parameter as never), [], FLAG_BYTES) : get(parameter),
            ),
          ),
        ),
      );
      return { run: behindFlag, scratch };
    },
  };
}
