/** Smooth relatives of ReLU: `x` times something that rises from 0 to 1. At −∞ they are NaN (−∞ · 0), as in PyTorch. */
import { OptionError } from "../../core/errors.ts";
import { checkOptions, show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, mul } from "../elementwise/binary.ts";
import { erf, sigmoid, tanh } from "../elementwise/unary.ts";
import { checkInput } from "./input.ts";
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
  checkInput("gelu", x);
  const half = mul(x, 0.5);
  if (checkApproximate("gelu", options) === "none") return mul(half, add(erf(mul(x, Math.SQRT1_2)), 1));
  const cubic = add(x, mul(mul(mul(x, x), x), 0.044715));
  return mul(half, add(tanh(mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/** Validates the options of GELU for the op or layer named `op`. */
export function checkApproximate(op: string, options: GeluOptions): "none" | "tanh" {
  checkOptions(op, options, ["approximate"]);
  const { approximate = "none" } = options;
  if (approximate === "none" || approximate === "tanh") return approximate;
  throw new OptionError(`${op}: approximate must be "none" or "tanh", got ${show(approximate)}`);
}

/** `x · σ(x)`, also called swish. */
export function silu(x: Tensor): Tensor {
  checkInput("silu", x);
  return mul(x, sigmoid(x));
}

/** `x · tanh(log(1 + eˣ))`. Misra 2019, https://arxiv.org/abs/1908.08681 */
export function mish(x: Tensor): Tensor {
  checkInput("mish", x);
  return mul(x, tanh(logOnePlusExp(x)));
}
