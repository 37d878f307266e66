import type { Tensor } from "../../graph/tensor.ts";
import { elu, leakyRelu, selu } from "../../ops/activations/rectifiers.ts";
import { relu } from "../../ops/elementwise/unary.ts";
import { Activation, type Shorthand } from "./activation.ts";

/** `max(x, 0)`, see `F.relu`. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html */
export class ReLU extends Activation {
  override forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** See `F.leakyRelu`. https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html */
export class LeakyReLU extends Activation<{ negativeSlope: number }> {
  constructor(options: Shorthand<{ negativeSlope?: number }> = {}) {
    super(options, { negativeSlope: 0.01 });
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, this.settings.negativeSlope);
  }
}

/** See `F.elu`. https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html */
export class ELU extends Activation<{ alpha: number }> {
  constructor(options: Shorthand<{ alpha?: number }> = {}) {
    super(options, { alpha: 1 });
  }

  override forward(x: Tensor): Tensor {
    return elu(x, this.settings.alpha);
  }
}

/** See `F.selu`. https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html */
export class SELU extends Activation {
  override forward(x: Tensor): Tensor {
    return selu(x);
  }
}
