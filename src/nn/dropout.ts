import type { Tensor } from "../graph/tensor.ts";
import { checkProbability, dropout, dropout1d } from "../ops/dropout.ts";
import { Module } from "./module.ts";
import { pythonFloat } from "./repr.ts";

/**
 * While training, sets each element to 0 with probability `p` and divides the others by `1 − p`; the identity after `eval()`.
 *
 * See `F.dropout`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    this.p = checkProbability(this.constructor.name, p);
  }

  override forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training);
  }

  protected override extraRepr(): string {
    return `p=${pythonFloat(this.p)}, inplace=False`;
  }
}

/** As `Dropout`, of whole channels of `(N, C, L)` or `(C, L)`. https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html */
export class Dropout1d extends Dropout {
  override forward(x: Tensor): Tensor {
    return dropout1d(x, this.p, this.training);
  }
}
