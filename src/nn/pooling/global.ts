import type { Tensor } from "../../graph/tensor.ts";
import { globalAvgPool1d, globalMaxPool1d } from "../../ops/pooling/global.ts";
import { Module } from "../module.ts";

/** The mean over time (ours): `(N, C, L)` to `(N, C)`. */
export class GlobalAvgPool1d extends Module {
  override forward(x: Tensor): Tensor {
    return globalAvgPool1d(x);
  }
}

/** The maximum over time (ours): `(N, C, L)` to `(N, C)`. */
export class GlobalMaxPool1d extends Module {
  override forward(x: Tensor): Tensor {
    return globalMaxPool1d(x);
  }
}
