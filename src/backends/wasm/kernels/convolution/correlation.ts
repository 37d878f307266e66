import type { Conv1dGeometry } from "../../../../core/geometry.ts";

/**
 * What `conv1d` and `conv1dInput` have in common, as the tiles see it:
 *
 *     out[n, r, t] = Σ_c Σ_m  w[r, c, m] · source[n, c, t·stride + m·tapStep + start]        r, c within one group
 *
 * c ascending, then m ascending. What is beside the source is 0.
 */
export interface Correlation {
  readonly batch: number;
  readonly groups: number;
  /** Results per group. */
  readonly rows: number;
  /** Summed channels per group. */
  readonly channels: number;
  readonly taps: number;
  readonly stride: number;
  readonly tapStep: number;
  readonly start: number;
  readonly sourceLength: number;
  readonly outLength: number;
  readonly weights: WeightStrides;
}

/** Where w[group, row, channel, tap] lies in the array of weights, in elements. */
export interface WeightStrides {
  readonly group: number;
  readonly row: number;
  readonly channel: number;
  readonly tap: number;
  /** Of the first tap. */
  readonly offset: number;
}

const perGroup = (g: Conv1dGeometry): [number, number] => [g.inChannels / g.groups, g.outChannels / g.groups];

export function ofConv1d(g: Conv1dGeometry): Correlation {
  const [inputs, outputs] = perGroup(g);
  const filter = inputs * g.kernelSize;
  return {
    batch: g.batch,
    groups: g.groups,
    rows: outputs,
    channels: inputs,
    taps: g.kernelSize,
    stride: g.stride,
    tapStep: g.dilation,
    start: -g.padBefore,
    sourceLength: g.xLength,
    outLength: g.gLength,
    weights: { group: outputs * filter, row: filter, channel: g.kernelSize, tap: 1, offset: 0 },
  };
}

/** The input gradient of a convolution without stride is a correlation with its taps running backwards. */
export function ofConv1dInput(g: Conv1dGeometry): Correlation {
  const [inputs, outputs] = perGroup(g);
  const filter = inputs * g.kernelSize;
  return {
    batch: g.batch,
    groups: g.groups,
    rows: inputs,
    channels: outputs,
    taps: g.kernelSize,
    stride: 1,
    tapStep: -g.dilation,
    start: g.padBefore,
    sourceLength: g.gLength,
    outLength: g.xLength,
    weights: { group: outputs * filter, row: g.kernelSize, channel: filter, tap: 1, offset: 0 },
  };
}
