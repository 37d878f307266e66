import type { Tensor } from "../../graph/tensor.ts";
import type { ClassTarget } from "../../ops/losses/classes.ts";
import { type CrossEntropyOptions, checkSmoothing, crossEntropy } from "../../ops/losses/crossEntropy.ts";
import { checkIgnored, type NllLossOptions, nllLoss } from "../../ops/losses/nllLoss.ts";
import { Loss } from "./loss.ts";

/** See `F.nllLoss`; `weight` is a buffer. https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html */
export class NLLLoss extends Loss<NllLossOptions> {
  constructor(options: NllLossOptions = {}) {
    super(options, ["weight", "ignoreIndex"]);
    checkIgnored("NLLLoss", options);
    this.keep("weight", options.weight);
  }

  override forward(input: Tensor, target: ClassTarget): Tensor {
    return nllLoss(input, target, { ...this.options, weight: this.kept("weight") });
  }
}

/** See `F.crossEntropy`; `weight` is a buffer. https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions> {
  constructor(options: CrossEntropyOptions = {}) {
    super(options, ["weight", "ignoreIndex", "labelSmoothing"]);
    checkIgnored("CrossEntropyLoss", options);
    checkSmoothing("CrossEntropyLoss", options);
    this.keep("weight", options.weight);
  }

  override forward(input: Tensor, target: ClassTarget): Tensor {
    return crossEntropy(input, target, { ...this.options, weight: this.kept("weight") });
  }
}
