/** Smooth relatives of ReLU: `x` times something that rises from 0 to 1. At −∞ they are NaN (−∞ · 0), as in PyTorch. */
import { checkChoice, checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { erf, sigmoid, tanh } from "../elementwise/unary.ts";
import { logOnePlusExp } from "./softplus.ts";

export interface GeluOptions {
  /** `"none"`: with the error function; `"tanh"`: by an approximation of it, as in GPT-2. Default `"none"`. */
  approximate?: "none" | "tanh";
}

/**
 * `x · Φ(x)`, Φ the distribution function of the standard normal; or, approximately,
 * `x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))`. Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  checkFloatTensor("gelu", x);
  const half = mul(x, 0.5);
  if (checkApproximate("gelu", options) === "none") return mul(half, add(erf(mul(x, Math.SQRT1_2)), 1));
  const cubic = add(x, mul(mul(mul(x, x), x), 0.044715));
  return mul(half, add(tanh(mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/** Validates the options of GELU for the op or layer named `op`. */
export function checkApproximate(op: string, options: GeluOptions): "none" | "tanh" {
  checkOptions(op, options, ["approximate"]);
  const { approximate = "none" } = options;
  return checkChoice(op, "approximate", approximate, ["none", "tanh"]);
}

/** `x · σ(x)`, also called swish. */
export function silu(x: Tensor): Tensor {
  checkFloatTensor("silu", x);
  return mul(x, sigmoid(x));
}

/** `x · tanh(log(1 + eˣ))`. Misra 2019, https://arxiv.org/abs/1908.08681 */
export function mish(x: Tensor): Tensor {
  checkFloatTensor("mish", x);
  return mul(x, tanh(logOnePlusExp(x)));
}
