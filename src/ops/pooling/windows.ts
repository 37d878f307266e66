import { OptionError, ShapeError } from "../../core/errors.ts";
import { effectiveKernelSize } from "../../core/geometry.ts";
import { checkBoolean, checkInteger, type Single } from "../../core/options.ts";

export interface PoolOptions {
  /** Samples between neighbouring windows. Default: the kernel size. */
  stride?: Single;
  /** Samples on both sides, at most half the kernel. Default 0. */
  padding?: Single;
  /** Whether the end of the signal that fills only a part of a window gets one too. Default false. */
  ceilMode?: boolean;
}

/** Windows as validated integers. */
export interface Pool {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly ceilMode: boolean;
}

/** Validates the options of the pooling `op`, whose names the caller has checked. */
export function poolSettings(op: string, kernelSize: Single, options: PoolOptions & { dilation?: Single }): Pool {
  const size = checkInteger(op, "kernelSize", kernelSize, 1);
  const { stride = size, padding = 0, dilation = 1, ceilMode = false } = options;
  const pool = {
    kernelSize: size,
    stride: checkInteger(op, "stride", stride, 1),
    padding: checkInteger(op, "padding", padding, 0),
    dilation: checkInteger(op, "dilation", dilation, 1),
    ceilMode: checkBoolean(op, "ceilMode", ceilMode),
  };
  if (pool.padding > Math.floor(size / 2))
    throw new OptionError(
      `${op}: padding should be at most half of kernel size, but got padding=${pool.padding} and kernelSize=${size}`,
    );
  return pool;
}

/**
 * `⌊(length + 2·padding − effectiveKernelSize) / stride⌋ + 1`, rounded up with `ceilMode`, where the last window must still start
 * inside the signal or the padding before it.
 */
export function pooledLength(op: string, pool: Pool, length: number): number {
  const { kernelSize, stride, padding, dilation } = pool;
  const count = windowCount(pool, length);
  if (length >= 1 && count >= 1) return count;
  throw new ShapeError(
    `${op}: the output length would be ${Math.max(count, 0)} (length ${length}, kernelSize ${kernelSize}, stride ${stride}, padding ${padding}, dilation ${dilation})`,
  );
}

/** As `pooledLength`, less than 1 where there is no window. */
export function windowCount({ kernelSize, stride, padding, dilation, ceilMode }: Pool, length: number): number {
  const room = length + 2 * padding - effectiveKernelSize(kernelSize, dilation);
  const floor = Math.floor(room / stride) + 1;
  const ceil = Math.ceil(room / stride) + 1;
  return ceilMode ? ((ceil - 1) * stride >= length + padding ? ceil - 1 : ceil) : floor;
}
