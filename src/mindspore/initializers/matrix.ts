import { OptionError } from "../../core/errors.ts";
import { checkNumber } from "../../core/options.ts";
import { defaultGenerator, drawNormal } from "../../core/random/index.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { tensor } from "../../ops/create.ts";
import { Initializer } from "./base.ts";
import { checkSigma } from "./normal.ts";

/** Matrices only: a convolution's weight has three axes and is refused. */
function checkMatrix(name: string, parameter: Parameter): [number, number] {
  if (parameter.rank !== 2)
    throw new OptionError(
      `For ${name} initializer, the dimension of the initialized tensor should be 2, but got ${parameter.rank}.`,
    );
  return parameter.shape as [number, number] & typeof parameter.shape;
}

/** 1 on the diagonal of a matrix, 0 elsewhere: `"identity"`. No use for convolutions, whose weights it refuses. */
export class Identity extends Initializer {
  override fill(parameter: Parameter): void {
    const [rows, columns] = checkMatrix("Identity", parameter);
    const row = (i: number): number[] => Array.from({ length: columns }, (_, j) => (i === j ? 1 : 0));
    const { dtype } = parameter;
    parameter.assign(
      tensor(
        Array.from({ length: rows }, (_, i) => row(i)),
        { dtype },
      ),
    );
  }
}

/**
 * A normal matrix of which ⌈sparsity · rows⌉ elements in every column are 0. No use for convolutions, whose weights it refuses. The
 * name `"sparse"` is in MindSpore's table but always fails, because `sparsity` has no default.
 */
export class Sparse extends Initializer {
  readonly sparsity: number;
  readonly sigma: number;

  constructor(sparsity: number, sigma = 0.01) {
    super();
    this.sparsity = checkNumber("Sparse", "sparsity", sparsity);
    this.sigma = checkSigma("Sparse", sigma);
  }

  override fill(parameter: Parameter): void {
    const [rows, columns] = checkMatrix("Sparse", parameter);
    const { dtype, shape } = parameter;
    const value = drawNormal(defaultGenerator, new Float64Array(rows * columns), 0, this.sigma);
    const zeros = Math.ceil(this.sparsity * rows);
    for (let column = 0; column < columns; column++)
      for (const row of defaultGenerator.permutation(rows).subarray(0, zeros)) value[row * columns + column] = 0;
    parameter.assign(tensor(value, { shape, dtype }));
  }
}
