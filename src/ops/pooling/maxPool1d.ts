import { checkOptions, type Single } from "../../core/options.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { pad } from "../shape/pad.ts";
import { checkSignal } from "../signal.ts";
import { maxWindow } from "./maxWindow.ts";
import { type Pool, type PoolOptions, pooledLength, poolSettings } from "./windows.ts";

export interface MaxPool1dOptions extends PoolOptions {
  /** Samples between neighbouring elements of a window. Default 1. */
  dilation?: Single;
}

export const MAX_POOL_OPTIONS = ["stride", "padding", "dilation", "ceilMode"] as const;

/**
 * The largest sample of every window: `y[n,c,t] = max x[n, c, t·stride + k·dilation − padding]`. Padding counts as −∞, a NaN as
 * the largest number; the gradient goes to the first of equal maxima.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`; the result has the length of `pooledLength`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function maxPool1d(x: Tensor, kernelSize: Single, options: MaxPool1dOptions = {}): Tensor {
  checkOptions("maxPool1d", options, MAX_POOL_OPTIONS);
  return poolMax("maxPool1d", x, poolSettings("maxPool1d", kernelSize, options));
}

/** As `maxPool1d`, with options already resolved; `op` names the caller in errors. */
export function poolMax(op: string, x: Tensor, pool: Pool): Tensor {
  const { kernelSize, stride, dilation, padding } = pool;
  checkSignal(op, x);
  const outLength = pooledLength(op, pool, x.shape.at(-1)!);
  // The elements of a dilated window can lie on both sides of a short signal and none inside; its maximum is the padding's −∞,
  // which must then be there. A window without gaps always meets the signal, because it starts at most half of it outside.
  const apart = dilation > 1 && padding > 0;
  const signal = apart ? pad(x, [padding, 0], { value: Number.NEGATIVE_INFINITY }) : x;
  const windows = { kernelSize, stride, dilation, padBefore: apart ? 0 : padding, outLength };
  return composed("maxPool1d", [x], pool, maxWindow(signal, windows));
}
