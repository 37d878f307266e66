import { allocate, checkFloat } from "../../core/dtype.ts";
import { OptionTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { Parameter } from "../../graph/parameter.ts";
import { makeLeaf } from "../../graph/tensor.ts";

type FloatArray = Float32Array | Float64Array;

let skipping = false;

/**
 * Builds modules without drawing their weights, which stay zero: for modules that are loaded or share weights right away. Nothing
 * is taken from the generator.
 *
 * @example nn.utils.skipInit(() => new nn.Linear(3, 4))
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html
 */
export function skipInit<T>(build: () => T): T {
  if (typeof build !== "function")
    throw new OptionTypeError(`skipInit: expected a function that builds a module, got ${show(build)}`);
  const before = skipping;
  skipping = true;
  try {
    return build();
  } finally {
    skipping = before;
  }
}

/** Checks that there is something that the initialiser `op` can fill. */
export function checkParameter(op: string, parameter: unknown): Parameter {
  if (!(parameter instanceof Parameter))
    throw new OptionTypeError(`${op}: the first argument must be a Parameter, got ${show(parameter)}`);
  checkFloat(op, parameter.dtype);
  return parameter;
}

/** Gives a parameter, which has been checked, the numbers that `fill` writes. */
export function filled(parameter: Parameter, fill: (out: FloatArray) => void): Parameter {
  if (skipping) return parameter;
  const { shape, dtype, size } = parameter;
  const value = allocate(dtype, size) as FloatArray;
  fill(value);
  parameter.assign(makeLeaf(value, shape, dtype));
  return parameter;
}
