/** Layers that work along one axis. */
import { OptionError } from "../../core/errors.ts";
import { checkInteger } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { glu } from "../../ops/activations/glu.ts";
import { logSoftmax, softmax } from "../../ops/activations/softmax.ts";
import { Activation, type Shorthand } from "./activation.ts";

abstract class AlongAxis extends Activation<{ dim: number }> {
  constructor(options: Shorthand<{ dim?: number }> | undefined, standard?: number) {
    super(options, { dim: standard ?? Number.NaN });
    const { dim } = this.settings;
    if (Number.isNaN(dim))
      throw new OptionError(
        `${this.constructor.name}: the axis must be named: { dim: 1 } for channels of (N, C, L), { dim: -1 } for the last`,
      );
    checkInteger(this.constructor.name, "dim", dim, -(2 ** 31));
  }

  protected override extraRepr(): string {
    return `dim=${this.settings.dim}`;
  }
}

/** See `F.glu`; `dim` is −1 if not given. https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html */
export class GLU extends AlongAxis {
  constructor(options: Shorthand<{ dim?: number }> = {}) {
    super(options, -1);
  }

  override forward(x: Tensor): Tensor {
    return glu(x, this.settings.dim);
  }
}

/** See `F.softmax`; `dim` must be given. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html */
export class Softmax extends AlongAxis {
  constructor(options: Shorthand<{ dim: number }>) {
    super(options);
  }

  override forward(x: Tensor): Tensor {
    return softmax(x, this.settings.dim);
  }
}

/** See `F.logSoftmax`; `dim` must be given. https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html */
export class LogSoftmax extends AlongAxis {
  constructor(options: Shorthand<{ dim: number }>) {
    super(options);
  }

  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.settings.dim);
  }
}
