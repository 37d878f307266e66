import { checkReal } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkBounds, hardsigmoid, hardswish, hardtanh, relu6, softsign } from "../../ops/activations/bounded.ts";
import { sigmoid, tanh } from "../../ops/elementwise/unary.ts";
import { Activation } from "./activation.ts";

/** https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html */
export class Tanh extends Activation {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/** `1 / (1 + e^−x)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** See `F.softsign`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html */
export class Softsign extends Activation {
  override forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/** See `F.hardtanh`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html */
export class Hardtanh extends Activation<{ minVal: number; maxVal: number }> {
  constructor(options: { minVal?: number; maxVal?: number } = {}) {
    super(options, { minVal: -1, maxVal: 1 }, checkReal); // an infinite bound is none
    checkBounds("Hardtanh", this.settings.minVal, this.settings.maxVal);
  }

  override forward(x: Tensor): Tensor {
    return hardtanh(x, this.settings.minVal, this.settings.maxVal);
  }
}

/** See `F.relu6`. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Activation {
  override forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/** See `F.hardsigmoid`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html */
export class Hardsigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/** See `F.hardswish`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html */
export class Hardswish extends Activation {
  override forward(x: Tensor): Tensor {
    return hardswish(x);
  }
}
