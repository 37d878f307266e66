/** Pools over one dimension. */
import { effectiveKernelSize } from "../../../../core/geometry.ts";
import { showShape } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { conv1d } from "../../../../ops/convolution/conv1d.ts";
import { ones, tensor } from "../../../../ops/create.ts";
import { div } from "../../../../ops/elementwise/binary.ts";
import { avgPool1d } from "../../../../ops/pooling/avgPool1d.ts";
import { maxPool1d } from "../../../../ops/pooling/maxPool1d.ts";
import { max } from "../../../../ops/reduce/max.ts";
import { mean } from "../../../../ops/reduce/mean.ts";
import { pad } from "../../../../ops/shape/pad.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";
import { autoPadding, type Window, windowOf } from "../window.ts";

export const pooling: Operators = {
  MaxPool: {
    build: (call) => {
      const pool = poolOf(call);
      const { x, kernelSize, stride, dilation, ceilMode, before } = pool;
      if (isPlain(pool)) return maxPool1d(x, kernelSize, { stride, dilation, ceilMode, padding: before });
      const padded = pad(x, [before, endOf(pool)], { value: Number.NEGATIVE_INFINITY });
      return maxPool1d(padded, kernelSize, { stride, dilation });
    },
  },
  AveragePool: {
    build: (call) => {
      const pool = poolOf(call);
      const { x, kernelSize, stride, dilation, ceilMode, before } = pool;
      const channels = x.shape[1]!;
      if (channels * kernelSize > MOST_TAPS)
        call.fail(`its ${channels} windows of ${kernelSize} samples are more than ${MOST_TAPS} taps`);
      const countIncludePad = call.integer("count_include_pad", 0) !== 0;
      if (isPlain(pool) && dilation === 1)
        return avgPool1d(x, kernelSize, { stride, ceilMode, padding: before, countIncludePad });
      const taps = ones([channels, 1, kernelSize], { dtype: x.dtype });
      const sums = conv1d(pad(x, [before, endOf(pool)]), taps, null, { stride, dilation, groups: channels });
      const counts = countsOf(pool, countIncludePad);
      const [count] = counts;
      return div(sums, counts.every((each) => each === count) ? count! : tensor(counts, { dtype: x.dtype }));
    },
  },
  GlobalAveragePool: {
    build: (call) => {
      const x = signalOf(call);
      return mean(x, spaceOf(x), { keepDim: true });
    },
  },
  GlobalMaxPool: {
    build: (call) => {
      const x = signalOf(call);
      return spaceOf(x).reduce((y, axis) => max(y, axis, { keepDim: true }), x);
    },
  },
};

/** The axes after batch and channels. */
const spaceOf = (x: Tensor): number[] => x.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));

function signalOf(call: Call): Tensor {
  const x = call.tensor(0);
  return x.rank >= 3 ? x : call.fail(`its input should be (N, C, L), but has shape ${showShape(x.shape)}`);
}

/** Windows over a signal; `before` and `after` are the samples that the file pads with. */
interface Pool extends Window {
  readonly x: Tensor;
  readonly before: number;
  readonly after: number;
  readonly ceilMode: boolean;
  readonly count: number;
}

const MOST_TAPS = 2 ** 26;
const MOST_PADDING = 2 ** 22;

function poolOf(call: Call): Pool {
  const x = signalOf(call);
  if (x.rank > 3)
    call.fail(`its input has shape ${showShape(x.shape)}; only one dimension, which is time, is read here`);
  const window = windowOf(call);
  const { kernelSize, stride, dilation, automatic } = window;
  if (Math.min(kernelSize, stride, dilation) < 1)
    call.fail(`kernel_shape ${kernelSize}, strides ${stride} and dilations ${dilation} should be positive`);
  const length = x.shape[2]!;
  const [before, after] = autoPadding(call, window, length) ?? window.pads;
  if (Math.max(before, after) > MOST_PADDING)
    call.fail(`it pads by ${Math.max(before, after)} samples; at most ${MOST_PADDING} are added here`);
  const span = effectiveKernelSize(kernelSize, dilation);
  if (span > length + before + after + MOST_PADDING)
    call.fail(`its windows of ${span} samples are much longer than the signal, ${length} samples`);
  const ceilMode = call.integer("ceil_mode", 0) !== 0 && !automatic.startsWith("SAME");
  const steps = (length + before + after - span) / stride;
  const ceil = Math.ceil(steps) + 1;
  // As in PyTorch, the last window has to start before the padding at the end does.
  const count = ceilMode ? ((ceil - 1) * stride >= length + before ? ceil - 1 : ceil) : Math.floor(steps) + 1;
  return { ...window, x, before, after, ceilMode, count };
}

/** Whether PyTorch's pools can pad as much. */
const isPlain = ({ before, after, kernelSize }: Pool): boolean =>
  before === after && before >= 0 && before <= Math.floor(kernelSize / 2);

/** How much to pad at the end for all windows to be whole. */
function endOf({ x, before, after, kernelSize, stride, dilation, ceilMode, count }: Pool): number {
  if (!ceilMode) return after;
  return (count - 1) * stride + effectiveKernelSize(kernelSize, dilation) - x.shape[2]! - before;
}

/** How many samples each window sums: of the signal, and with `padding` of what the file pads with. */
function countsOf(pool: Pool, padding: boolean): number[] {
  const { x, before, after, kernelSize, stride, dilation, count } = pool;
  const length = x.shape[2]!;
  const [from, to] = padding ? [-before, length + after] : [0, length];
  return Array.from({ length: Math.max(count, 0) }, (_, t) => {
    const start = t * stride - before;
    // Taps k with from ≤ start + k·dilation < to.
    const first = Math.max(0, Math.ceil((from - start) / dilation));
    const last = Math.min(kernelSize, Math.ceil((to - start) / dilation));
    return Math.max(last - first, 0);
  });
}
