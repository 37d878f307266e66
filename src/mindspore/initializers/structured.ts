import { OptionError } from "../../core/errors.ts";
import { checkInteger, checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { dirac, orthogonal } from "../../nn/init/index.ts";
import { Initializer } from "./base.ts";

/** Orthogonal rows (or columns, if there are fewer) of length `gain`, the axes after the first taken as one: `"orthogonal"`. */
export class Orthogonal extends Initializer {
  readonly gain: number;

  constructor(gain = 1) {
    super();
    this.gain = checkNumber("Orthogonal", "gain", gain);
  }

  override fill(parameter: Parameter): void {
    if (parameter.rank < 2)
      throw new OptionError(
        `For Orthogonal initializer, the dimension of the initialized tensor should be no less than 2, but got ${parameter.rank}.`,
      );
    orthogonal(parameter, this.gain);
  }
}

/**
 * The convolution that passes its channels through: `"dirac"`. Element `[o, i]` is 1 at tap ⌊kernelSize/2⌋ where o and i are the
 * same channel of a group, i < min(shape[0]/groups, shape[1]). `groups` is its own option: a layer's `group` is not looked at.
 */
export class Dirac extends Initializer {
  readonly groups: number;

  constructor(groups = 1) {
    super();
    this.groups = checkInteger("Dirac", "groups", groups, 1);
  }

  override fill(parameter: Parameter): void {
    const { rank, shape } = parameter;
    if (rank < 3 || rank > 5)
      throw new OptionError(
        `For Dirac initializer, only support to initialize tensor with dimension of 3, 4 or 5, but got ${rank}.`,
      );
    if (shape[0]! % this.groups !== 0)
      throw new OptionError(
        `For Dirac initializer, the first dimension of the initialized tensor must be divisible by groups, but got first dimension ${shape[0]}, groups ${this.groups}.`,
      );
    dirac(parameter, this.groups);
  }
}
