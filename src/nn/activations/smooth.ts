import { checkReal } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkApproximate, type GeluOptions, gelu, mish, silu } from "../../ops/activations/smooth.ts";
import { checkBeta, logSigmoid, softplus } from "../../ops/activations/softplus.ts";
import { checkFinite } from "../options.ts";
import { pythonNumber } from "../repr.ts";
import { Activation } from "./activation.ts";

/** See `F.gelu`. https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html */
export class GELU extends Activation<Required<GeluOptions>> {
  constructor(options: GeluOptions = {}) {
    super(options, { approximate: "none" });
    checkApproximate("GELU", options);
  }

  override forward(x: Tensor): Tensor {
    return gelu(x, this.settings);
  }
}

/** See `F.silu`. https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html */
export class SiLU extends Activation {
  override forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** See `F.mish`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html */
export class Mish extends Activation {
  override forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/** See `F.softplus`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html */
export class Softplus extends Activation<{ beta: number; threshold: number }> {
  constructor(options: { beta?: number; threshold?: number } = {}) {
    super(options, { beta: 1, threshold: 20 }, checkReal); // an infinite threshold is none
    checkBeta("Softplus", checkFinite("Softplus", "beta", this.settings.beta));
  }

  override forward(x: Tensor): Tensor {
    return softplus(x, this.settings.beta, this.settings.threshold);
  }

  protected override extraRepr(): string {
    const { beta, threshold } = this.settings;
    return `beta=${pythonNumber(beta)}, threshold=${pythonNumber(threshold)}`; // PyTorch's defaults are integers here, 1 and 20
  }
}

/** See `F.logSigmoid`. https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}
