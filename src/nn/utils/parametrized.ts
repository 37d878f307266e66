/** What a module with parametrizations holds. Class names are PyTorch's, because they appear in state dicts and reprs. */
import { GraphError } from "../../core/errors.ts";
import type { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { weightNormalised } from "../../ops/normalisation/weightNorm.ts";
import { type AnyModule, join, Module } from "../module.ts";
import { assignPolar, type Polar } from "./weightNorm.ts";

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
export class ParametrizationList extends Module {
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

export type Parametrized = AnyModule & {
  parametrizations?: ModuleDict;
};

/** The dictionary of `module`, which gets one, and a class of its own, if it has none. */
export function dictionaryOf(module: Parametrized): ModuleDict {
  if (module.parametrizations) return module.parametrizations;
  // As PyTorch does: a class of its own for the object, so that it is told apart and still an instance of what it was.
  const Base = module.constructor as new () => object; // any module's: it is only extended, never called
  const name = `Parametrized${Base.name}`;
  const Derived = { [name]: class extends Base {} }[name]!;
  Object.setPrototypeOf(module, Derived.prototype);
  module.parametrizations = new ModuleDict().train(module.training);
  return module.parametrizations;
}
