import type { Tensor } from "../../graph/tensor.ts";
import { convInput } from "../../ops/convolution/kernels.ts";
import type { KernelRule, Window } from "./rule.ts";
import { spanOf } from "./windows.ts";

export interface ConvTranspose1dParameters {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  /** Output padding minus the padding after: what M has beside `(n − 1)·stride + span − padBefore`. */
  readonly more: number;
}

type P = ConvTranspose1dParameters;

/**
 * The transposed convolution. Result m meets the inputs i with `i·stride + k·dilation = m + padBefore`, so after n inputs those before
 * n·stride − padBefore are final; where the kernel is short some of them might be cut off at the end, and wait.
 *
 * Computed by gathering, in units of `stride` results, each a fixed distance from its inputs; every result is one sum, so there are no
 * partial sums to keep.
 */
export const convTranspose1dRule: KernelRule<P> = {
  ready: (p, n) => (n < 1 ? 0 : Math.max(0, n * p.stride - held(p))),
  length: (p, n) => (n < 1 ? 0 : Math.max(0, (n - 1) * p.stride + spanOf(p) - p.padBefore + p.more)),
  pace: (p, tail) => ({
    up: p.stride,
    down: 1,
    low: held(p),
    high: Math.max(0, -held(p)),
    tail: tail * p.stride + Math.max(0, spanOf(p) - p.stride - p.padBefore + p.more + held(p)),
  }),
  reach: (p, from, to) => [
    Math.ceil((from + p.padBefore - spanOf(p) + 1) / p.stride),
    Math.floor((to - 1 + p.padBefore) / p.stride) + 1,
  ],
  unit: (p) => ({ size: p.stride, first: phaseOf(p) }),
  window: windowOf,
  build: (p, window, [weight], count): Tensor =>
    convInput(window, weight!, {
      ...{ batch: window.shape[0]!, inChannels: p.inChannels, outChannels: p.outChannels, groups: p.groups },
      ...{ kernelSize: p.kernelSize, stride: p.stride, dilation: p.dilation },
      padBefore: phaseOf(p) + p.padBefore - windowOf(p).offset * p.stride,
      ...{ xLength: count * p.stride, gLength: window.shape[2]! },
    }),
};

/** F(n) = n·stride − held. */
const held = (p: P): number => Math.max(p.padBefore, p.stride - spanOf(p) + p.padBefore - p.more);

/** Units end where F does. */
const phaseOf = (p: P): number => ((-held(p) % p.stride) + p.stride) % p.stride;

/** Unit 0 is the results phase..phase + stride − 1. */
function windowOf(p: P): Window {
  const first = phaseOf(p) + p.padBefore;
  const offset = Math.floor((first - spanOf(p) + 1) / p.stride);
  return { step: 1, offset, extra: Math.floor((first - 1) / p.stride) + 1 - offset };
}
