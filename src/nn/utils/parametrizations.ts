import { GraphError, OptionError } from "../../core/errors.ts";
import { checkBoolean, checkOptions } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { weightNormalised } from "../../ops/normalisation/weightNorm.ts";
import { type AnyModule, join, Module } from "../module.ts";
import { compute, settle } from "./computed.ts";
import { assignPolar, type Polar, takeApart, type WeightNormOptions } from "./weightNorm.ts";

/** The names below are PyTorch's, because they appear in state dicts and reprs. */
class _WeightNorm extends Module {
  readonly dim: number | null;

  constructor(dim: number | null) {
    super();
    this.dim = dim;
  }

  override forward(g: Tensor, v: Tensor): Tensor {
    return weightNormalised(v, g, this.dim);
  }
}

/** One parameter taken apart: the pieces, and how they make the whole. */
class ParametrizationList extends Module {
  /** g */
  original0: Parameter;
  /** v */
  original1: Parameter;
  readonly 0: _WeightNorm;

  constructor({ g, v, dim }: Polar) {
    super();
    this.original0 = g;
    this.original1 = v;
    this[0] = new _WeightNorm(dim);
  }

  override forward(): Tensor {
    return this[0].forward(this.original0, this.original1);
  }

  assign(value: Tensor): void {
    assignPolar({ g: this.original0, v: this.original1, dim: this[0].dim }, value);
  }

  /** Files of the older `weightNorm` have `weight_g` and `weight_v` beside the bias. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    const path = prefix.split(".");
    const old = join(path.slice(0, -2).join("."), path.at(-1)!);
    const [g, v] = [state.get(`${old}_g`), state.get(`${old}_v`)];
    if (!g || !v) return;
    state.delete(`${old}_g`);
    state.delete(`${old}_v`);
    state.set(join(prefix, "original0"), g);
    state.set(join(prefix, "original1"), v);
  }
}

class ModuleDict extends Module {
  override forward(): Tensor {
    throw new GraphError("ModuleDict: holds modules and has no forward");
  }

  get lists(): Record<string, ParametrizationList> {
    return this as unknown as Record<string, ParametrizationList>;
  }
}

type Parametrized = AnyModule & {
  parametrizations?: ModuleDict;
};

/**
 * `utils.weightNorm` under PyTorch's newer names: parameters are saved as `bias`, `parametrizations.weight.original0` (g) and
 * `…original1` (v), and the older names load too. The module is printed as, and is of, a class `ParametrizedConv1d`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
 * @throws OptionError when the module has no such parameter, or has it taken apart already
 */
export function weightNorm<T extends AnyModule>(module: T, options: WeightNormOptions = {}): T {
  const { name, polar } = takeApart("parametrizations.weightNorm", module, options);
  const list = new ParametrizationList(polar).train(module.training);
  const dictionary = dictionaryOf(module);
  dictionary.lists[name] = list;
  compute(
    module,
    name,
    () => list.forward(),
    (value) => list.assign(value),
  );
  return module;
}

function dictionaryOf(module: Parametrized): ModuleDict {
  if (module.parametrizations) return module.parametrizations;
  // As PyTorch does: a class of its own for the object, so that it is told apart and still an instance of what it was.
  const Base = module.constructor as new () => object; // any module's: it is only extended, never called
  const name = `Parametrized${Base.name}`;
  const Derived = { [name]: class extends Base {} }[name]!;
  Object.setPrototypeOf(module, Derived.prototype);
  module.parametrizations = new ModuleDict().train(module.training);
  return module.parametrizations;
}

/**
 * Undoes `parametrizations.weightNorm`: the weight it computes now becomes a parameter again, saved behind the bias.
 *
 * `leaveParametrized: false`, which would bring back the parameter as it was before, is an error, as in PyTorch for parameters
 * that were split in two.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.remove_parametrizations.html
 */
export function removeParametrizations<T extends AnyModule>(
  module: T,
  name: string,
  options: { leaveParametrized?: boolean } = {},
): T {
  checkOptions("removeParametrizations", options, ["leaveParametrized"]);
  const { parametrizations } = module as Parametrized;
  if (!parametrizations || !(parametrizations.lists[name] instanceof ParametrizationList))
    throw new OptionError(
      `removeParametrizations: ${module.constructor.name} does not have a parametrization on ${name}`,
    );
  if (!checkBoolean("removeParametrizations", "leaveParametrized", options.leaveParametrized ?? true))
    throw new OptionError(
      `removeParametrizations: leaveParametrized must be true, because ${name} is parametrized in terms of several tensors`,
    );
  settle(module, name);
  delete parametrizations.lists[name];
  if ([...parametrizations.namedChildren()].length > 0) return module;
  delete (module as Parametrized).parametrizations;
  Object.setPrototypeOf(module, Object.getPrototypeOf(Object.getPrototypeOf(module)));
  return module;
}
