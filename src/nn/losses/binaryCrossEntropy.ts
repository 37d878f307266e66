import type { Tensor } from "../../graph/tensor.ts";
import {
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "../../ops/losses/binaryCrossEntropy.ts";
import { Loss } from "./loss.ts";

/** See `F.binaryCrossEntropy`; `weight` is a buffer. https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html */
export class BCELoss extends Loss<BinaryCrossEntropyOptions> {
  constructor(options: BinaryCrossEntropyOptions = {}) {
    super(options, ["weight"]);
    this.keep("weight", options.weight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, { ...this.options, weight: this.kept("weight") });
  }
}

/**
 * See `F.binaryCrossEntropyWithLogits`; `weight` and `posWeight` are buffers, `weight` and `pos_weight`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends Loss<BinaryCrossEntropyWithLogitsOptions> {
  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super(options, ["weight", "posWeight"]);
    this.keep("weight", options.weight);
    this.keep("pos_weight", options.posWeight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const weights = { weight: this.kept("weight"), posWeight: this.kept("pos_weight") };
    return binaryCrossEntropyWithLogits(input, target, { ...this.options, ...weights });
  }
}
