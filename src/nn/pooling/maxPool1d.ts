import { checkOptions, type Single } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { MAX_POOL_OPTIONS, type MaxPool1dOptions, poolMax } from "../../ops/pooling/maxPool1d.ts";
import { type Pool, poolSettings } from "../../ops/pooling/windows.ts";
import { Module } from "../module.ts";
import { pythonBool } from "../repr.ts";

/**
 * The largest sample of every window of `(N, C, L)` or `(C, L)`; see `F.maxPool1d`. `stride` is the kernel size by default.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 */
export class MaxPool1d extends Module {
  readonly pool: Pool;

  constructor(kernelSize: Single, options: MaxPool1dOptions = {}) {
    super();
    checkOptions("MaxPool1d", options, MAX_POOL_OPTIONS);
    this.pool = poolSettings("MaxPool1d", kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return poolMax("MaxPool1d", x, this.pool);
  }

  protected override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this.pool;
    return `kernel_size=${kernelSize}, stride=${stride}, padding=${padding}, dilation=${dilation}, ceil_mode=${pythonBool(ceilMode)}`;
  }
}
