import type { Tensor } from "../../graph/tensor.ts";
import { add, mul, sub } from "../../ops/elementwise/binary.ts";
import { log } from "../../ops/elementwise/unary.ts";
import { mean } from "../../ops/reduce/mean.ts";

/** Added to mean squares: errors below −70 dB of full scale count no more, and silence has a finite loss. */
const FLOOR = 1e-7;

/**
 * What is wrong with an estimate, in dB relative to the signal it should be: the negative signal-to-noise ratio
 * `10·log₁₀(mean (ŝ − s)² / mean s²)`, its mean over a batch `(N, C, L)`.
 *
 * Its logarithm makes a whisper count as much as a shout. Unlike `F.siSdrLoss`, with which training gains the same, it
 * holds the estimate to the level of the signal, and to silence where the signal is silent.
 */
export function noiseToSignal(estimate: Tensor, signal: Tensor): Tensor {
  const error = sub(estimate, signal);
  return mul(mean(sub(logPower(error), logPower(signal))), 10 / Math.LN10);
}

const logPower = (x: Tensor): Tensor => log(add(mean(mul(x, x), [-2, -1]), FLOOR));
