import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { hardtanh } from "../activations/bounded.ts";
import { div, mul, sub } from "../elementwise/binary.ts";
import { abs } from "../elementwise/unary.ts";
import { checkPair } from "./operands.ts";
import { checkReduction, type LossOptions, reduce } from "./reduction.ts";

/** The squared error `(input − target)²`. */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const reduction = checkReduction("mseLoss", options);
  checkPair("mseLoss", input, target);
  const error = sub(input, target);
  return reduce(mul(error, error), reduction);
}

/** The absolute error `|input − target|`; its gradient is 0 where they are equal. */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const reduction = checkReduction("l1Loss", options);
  checkPair("l1Loss", input, target);
  return reduce(abs(sub(input, target)), reduction);
}

export interface SmoothL1LossOptions extends LossOptions {
  /**
   * Where the parabola ends. Default 1. 0 is the L1 loss, also where input and target are equal and its gradient is 0; PyTorch
   * gives −1 to both of them there.
   */
  beta?: number;
}

/** `e²/(2·beta)` where `|e| < beta`, `|e| − beta/2` elsewhere, with `e = input − target`. Girshick 2015, arXiv:1504.08083 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  const reduction = checkReduction("smoothL1Loss", options, ["beta"]);
  const beta = checkBeta("smoothL1Loss", options);
  checkPair("smoothL1Loss", input, target);
  const error = sub(input, target);
  return reduce(beta === 0 ? abs(error) : div(huber(error, beta), beta), reduction);
}

export interface HuberLossOptions extends LossOptions {
  /** Where the parabola ends. Default 1. */
  delta?: number;
}

/** `e²/2` where `|e| ≤ delta`, `delta·(|e| − delta/2)` elsewhere, with `e = input − target`. */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  const reduction = checkReduction("huberLoss", options, ["delta"]);
  const delta = checkDelta("huberLoss", options);
  checkPair("huberLoss", input, target);
  return reduce(huber(sub(input, target), delta), reduction);
}

/** Both pieces at once: with c the error held within ±delta, `c·(e − c/2)`. Its slope is c, everywhere. */
function huber(error: Tensor, delta: number): Tensor {
  const held = hardtanh(error, -delta, delta);
  return mul(held, sub(error, mul(held, 0.5)));
}

/** Validates the option for the op or layer named `op`. */
export function checkBeta(op: string, { beta = 1 }: SmoothL1LossOptions): number {
  if (checkNumber(op, "beta", beta) >= 0) return beta;
  throw new OptionError(`${op}: beta must not be negative, got ${beta}`);
}

/** Validates the option for the op or layer named `op`. */
export function checkDelta(op: string, { delta = 1 }: HuberLossOptions): number {
  if (checkNumber(op, "delta", delta) > 0) return delta;
  throw new OptionError(`${op}: delta must be positive, got ${delta}`);
}
