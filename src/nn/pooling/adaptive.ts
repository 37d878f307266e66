import { checkInteger, type Single } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { poolAdaptiveAverage, poolAdaptiveMax } from "../../ops/pooling/adaptive.ts";
import { Module } from "../module.ts";

abstract class AdaptivePool extends Module {
  readonly outputSize: number;

  constructor(layer: string, outputSize: Single) {
    super();
    this.outputSize = checkInteger(layer, "outputSize", outputSize, 1);
  }

  protected override extraRepr(): string {
    return `output_size=${this.outputSize}`;
  }
}

/**
 * The means of `outputSize` windows that cover the signal, whatever its length: `(N, C, L)` to `(N, C, outputSize)`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  constructor(outputSize: Single) {
    super("AdaptiveAvgPool1d", outputSize);
  }

  override forward(x: Tensor): Tensor {
    return poolAdaptiveAverage("AdaptiveAvgPool1d", x, this.outputSize);
  }
}

/**
 * The maxima of `outputSize` windows that cover the signal, whatever its length: `(N, C, L)` to `(N, C, outputSize)`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export class AdaptiveMaxPool1d extends AdaptivePool {
  constructor(outputSize: Single) {
    super("AdaptiveMaxPool1d", outputSize);
  }

  override forward(x: Tensor): Tensor {
    return poolAdaptiveMax("AdaptiveMaxPool1d", x, this.outputSize);
  }
}
