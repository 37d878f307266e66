import type { Single } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type AvgPool, type AvgPool1dOptions, avgPoolSettings, poolAverage } from "../../ops/pooling/avgPool1d.ts";
import { Module } from "../module.ts";
import { pythonTuple } from "../repr.ts";

/**
 * The mean of every window of `(N, C, L)` or `(C, L)`; see `F.avgPool1d`. `stride` is the kernel size by default.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 */
export class AvgPool1d extends Module {
  readonly pool: AvgPool;

  constructor(kernelSize: Single, options: AvgPool1dOptions = {}) {
    super();
    this.pool = avgPoolSettings("AvgPool1d", kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return poolAverage("AvgPool1d", x, this.pool);
  }

  protected override extraRepr(): string {
    const { kernelSize, stride, padding } = this.pool;
    return `kernel_size=${pythonTuple([kernelSize])}, stride=${pythonTuple([stride])}, padding=${pythonTuple([padding])}`;
  }
}
