import { OptionError } from "../../core/errors.ts";
import { checkReal } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, less, mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { exp, log1p, neg } from "../elementwise/unary.ts";
import { where } from "../elementwise/where.ts";

/**
 * `log(1 + eˣ)`, which neither overflows nor loses the digits of a small result: `x⁺ + log(1 + e^−|x|)`.
 *
 * Here |x| is a choice between x and −x: unlike that of `abs`, its slope at 0 is not 0, so every derivative is right there too
 * (½, ¼, …).
 */
export function logOnePlusExp(x: Tensor): Tensor {
  const positive = less(0, x);
  const tail = log1p(exp(where(positive, neg(x), x)));
  return where(positive, add(x, tail), tail);
}

/**
 * `log(1 + e^(beta·x)) / beta`; `x` itself where `beta·x > threshold`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 */
export function softplus(x: Tensor, beta = 1, threshold = 20): Tensor {
  checkFloatTensor("softplus", x);
  checkBeta("softplus", beta);
  const scaled = beta === 1 ? x : mul(x, beta);
  const linear = less(checkReal("softplus", "threshold", threshold), scaled);
  const curved = logOnePlusExp(scaled);
  return where(linear, x, beta === 1 ? curved : div(curved, beta));
}

/** Validates beta for the op or layer named `op`. */
export function checkBeta(op: string, beta: unknown): void {
  if (checkReal(op, "beta", beta) === 0) throw new OptionError(`${op}: beta must not be 0`);
}

/** `log σ(x) = −log(1 + e^−x)`, exact where the sigmoid would round to 0 or 1. */
export function logSigmoid(x: Tensor): Tensor {
  checkFloatTensor("logSigmoid", x);
  return neg(logOnePlusExp(neg(x)));
}
