import type { Tensor } from "../../graph/tensor.ts";
import type { LossOptions } from "../../ops/losses/reduction.ts";
import {
  checkBeta,
  checkDelta,
  type HuberLossOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1LossOptions,
  smoothL1Loss,
} from "../../ops/losses/regression.ts";
import { Loss } from "./loss.ts";

/** See `F.mseLoss`. https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html */
export class MSELoss extends Loss {
  constructor(options?: LossOptions) {
    super(options);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** See `F.l1Loss`. https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html */
export class L1Loss extends Loss {
  constructor(options?: LossOptions) {
    super(options);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** See `F.smoothL1Loss`. https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  constructor(options: SmoothL1LossOptions = {}) {
    super(options, ["beta"]);
    checkBeta("SmoothL1Loss", options);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}

/** See `F.huberLoss`. https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html */
export class HuberLoss extends Loss<HuberLossOptions> {
  constructor(options: HuberLossOptions = {}) {
    super(options, ["delta"]);
    checkDelta("HuberLoss", options);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.options);
  }
}
