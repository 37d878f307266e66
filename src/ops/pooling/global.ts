import type { Tensor } from "../../graph/tensor.ts";
import { max } from "../reduce/max.ts";
import { mean } from "../reduce/mean.ts";
import { checkSignal } from "../signal.ts";

/** The mean over time: `(N, C, L)` to `(N, C)`, or `(C, L)` to `(C)`. */
export function globalAvgPool1d(x: Tensor): Tensor {
  checkSignal("globalAvgPool1d", x);
  return mean(x, -1);
}

/** The maximum over time: `(N, C, L)` to `(N, C)`, or `(C, L)` to `(C)`. The gradient goes to the first of equal maxima. */
export function globalMaxPool1d(x: Tensor): Tensor {
  checkSignal("globalMaxPool1d", x);
  return max(x, -1);
}
