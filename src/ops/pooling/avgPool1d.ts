import { checkBoolean, checkOptions, type Single } from "../../core/options.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { conv } from "../convolution/kernels.ts";
import { ones, tensor } from "../create.ts";
import { div } from "../elementwise/binary.ts";
import { reshape } from "../shape/reshape.ts";
import { checkSignal } from "../signal.ts";
import { type Pool, type PoolOptions, pooledLength, poolSettings } from "./windows.ts";

export interface AvgPool1dOptions extends PoolOptions {
  /** Whether the zeros of the padding count in the mean. Default true. */
  countIncludePad?: boolean;
}

const AVG_POOL_OPTIONS = ["stride", "padding", "ceilMode", "countIncludePad"] as const;

/** `Pool` of a mean. */
export type AvgPool = Pool & { readonly countIncludePad: boolean };

/**
 * The mean of every window: a depthwise convolution with ones, divided by how many samples were summed. What a window of
 * `ceilMode` has beyond the padding never counts.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`; the result has the length of `pooledLength`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function avgPool1d(x: Tensor, kernelSize: Single, options: AvgPool1dOptions = {}): Tensor {
  return poolAverage("avgPool1d", x, avgPoolSettings("avgPool1d", kernelSize, options));
}

export function avgPoolSettings(op: string, kernelSize: Single, options: AvgPool1dOptions): AvgPool {
  checkOptions(op, options, AVG_POOL_OPTIONS);
  const { countIncludePad = true } = options;
  checkBoolean(op, "countIncludePad", countIncludePad);
  return { ...poolSettings(op, kernelSize, options), countIncludePad };
}

/** As `avgPool1d`, with options already resolved; `op` names the caller in errors. */
export function poolAverage(op: string, x: Tensor, pool: AvgPool): Tensor {
  checkSignal(op, x);
  const { kernelSize, stride, padding } = pool;
  const [channels, length] = x.shape.slice(-2) as [number, number];
  const outLength = pooledLength(op, pool, length);
  const batch = x.rank === 3 ? x.shape[0]! : 1;
  const sums = conv(reshape(x, [batch, channels, length]), ones([channels, 1, kernelSize], { dtype: x.dtype }), {
    ...{ batch, groups: channels, inChannels: channels, outChannels: channels },
    ...{ kernelSize, stride, dilation: 1, padBefore: padding, xLength: length, gLength: outLength },
  });
  const counts = windowCounts(pool, length, outLength);
  const uniform = counts.every((count) => count === counts[0]);
  const means = div(sums, uniform ? counts[0]! : tensor(counts, { dtype: x.dtype }));
  return composed("avgPool1d", [x], pool, reshape(means, x.shape.with(-1, outLength)));
}

/** How many samples each window sums, of the padded signal or of the signal alone. */
function windowCounts(pool: AvgPool, length: number, outLength: number): number[] {
  const { kernelSize, stride, padding, countIncludePad } = pool;
  return Array.from({ length: outLength }, (_, t) => {
    const start = t * stride - padding;
    const end = Math.min(start + kernelSize, length + padding);
    return countIncludePad ? end - start : Math.min(end, length) - Math.max(start, 0);
  });
}
