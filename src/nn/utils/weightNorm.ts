import { OptionError, OptionTypeError } from "../../core/errors.ts";
import { checkOptions, show } from "../../core/options.ts";
import { resolveAxis } from "../../core/shape.ts";
import { noGrad } from "../../graph/mode.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { normExcept, weightNormalised } from "../../ops/normalisation/weightNorm.ts";
import type { AnyModule } from "../module.ts";
import { compute, parameterField, settle } from "./computed.ts";

export interface WeightNormOptions {
  /** The parameter to take apart. Default `"weight"`. */
  name?: string;
  /**
   * The axis along which every slice has a norm of its own; `null` for one norm of the whole, and so, by PyTorch's rule, −1, which
   * is *not* the last axis here. Default 0, which is the *output* channels of a `Conv1d` and the *input* channels of a
   * `ConvTranspose1d`, as in PyTorch.
   */
  dim?: number | null;
}

/** The lengths g and the directions v of a weight: what is trained in its place. */
export interface Polar {
  readonly g: Parameter;
  readonly v: Parameter;
  readonly dim: number | null;
}

/** Which modules have which of their parameters taken apart by `weightNorm`. */
const applied = new WeakMap<AnyModule, Set<string>>();

/**
 * Trains the length and the direction of a weight apart: `weight = weight_g · weight_v / ‖weight_v‖`, computed anew at each
 * forward. The field `weight` is then a tensor with gradients to both, no `Parameter`. Parameters are saved as `bias`, `weight_g`,
 * `weight_v`; the layer's first weight stays what it was.
 *
 * These are the names that most published checkpoints have. `parametrizations.weightNorm` has PyTorch's newer ones, and loads both.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
 * @throws OptionError when the module has no such parameter, or has it taken apart already
 */
export function weightNorm<T extends AnyModule>(module: T, options: WeightNormOptions = {}): T {
  const { name, polar } = takeApart("weightNorm", module, options);
  module.registerParameter(`${name}_g`, polar.g);
  module.registerParameter(`${name}_v`, polar.v);
  const read = (): Tensor =>
    weightNormalised(module.getParameter(`${name}_v`), module.getParameter(`${name}_g`), polar.dim);
  compute(module, name, read, (value) => assignPolar(polar, value));
  applied.set(module, (applied.get(module) ?? new Set()).add(name));
  return module;
}

/**
 * Undoes `weightNorm`: the weight it computes now becomes a parameter again, saved behind the bias.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
 */
export function removeWeightNorm<T extends AnyModule>(module: T, name = "weight"): T {
  if (!applied.get(module)?.delete(name))
    throw new OptionError(`removeWeightNorm: weight_norm of '${name}' not found in ${module}`);
  settle(module, name);
  module.unregisterParameter(`${name}_g`);
  module.unregisterParameter(`${name}_v`);
  return module;
}

/** @internal Checks the arguments of a weight norm and splits the parameter it names. */
export function takeApart(op: string, module: AnyModule, options: WeightNormOptions): { name: string; polar: Polar } {
  checkOptions(op, options, ["name", "dim"]);
  const { name = "weight", dim = 0 } = options;
  if (typeof name !== "string") throw new OptionTypeError(`${op}: name must be a string, got ${show(name)}`);
  const weight = parameterField(op, module, name);
  const axis = dim === null || dim === -1 ? null : resolveAxis(op, dim, weight.rank);
  return { name, polar: { ...split(weight, axis), dim: axis } };
}

/** Its norm first: with `v = weight` the computed weight is `weight · (g/g)`, the same bits. */
function split(weight: Tensor, dim: number | null): { g: Parameter; v: Parameter } {
  const value = weight.detach();
  return { g: new Parameter(noGrad(() => normExcept(value, dim))), v: new Parameter(value) };
}

/** @internal Makes the computed weight equal to `value`. */
export function assignPolar({ g, v, dim }: Polar, value: Tensor): void {
  v.assign(value.detach());
  g.assign(noGrad(() => normExcept(value.detach(), dim)));
}
