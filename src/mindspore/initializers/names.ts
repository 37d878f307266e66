import { OptionError, OptionTypeError } from "../../core/errors.ts";
import type { Initializer } from "./base.ts";
import { One, Zero } from "./constant.ts";
import { HeNormal, HeUniform } from "./he.ts";
import { Identity } from "./matrix.ts";
import { Normal, TruncatedNormal } from "./normal.ts";
import { Dirac, Orthogonal } from "./structured.ts";
import { Uniform } from "./uniform.ts";
import { VarianceScaling } from "./varianceScaling.ts";
import { XavierNormal, XavierUniform } from "./xavier.ts";

/** MindSpore's registry: the class's name in lower case, and aliases. `constant`, `truncated_normal`, `kaiming_uniform` are not in it. */
const byName = new Map<string, () => Initializer>([
  ["zero", () => new Zero()],
  ["zeros", () => new Zero()],
  ["one", () => new One()],
  ["ones", () => new One()],
  ["uniform", () => new Uniform()],
  ["normal", () => new Normal()],
  ["truncatednormal", () => new TruncatedNormal()],
  ["heuniform", () => new HeUniform()],
  ["he_uniform", () => new HeUniform()],
  ["henormal", () => new HeNormal()],
  ["he_normal", () => new HeNormal()],
  ["xavieruniform", () => new XavierUniform()],
  ["xavier_uniform", () => new XavierUniform()],
  ["xaviernormal", () => new XavierNormal()],
  ["xavier_normal", () => new XavierNormal()],
  ["variancescaling", () => new VarianceScaling()],
  ["orthogonal", () => new Orthogonal()],
  ["dirac", () => new Dirac()],
  ["identity", () => new Identity()],
  ["sparse", missingSparsity],
]);

function missingSparsity(): never {
  throw new OptionTypeError(
    "For 'initializer', 'sparse' is missing its required argument 'sparsity'; give new Sparse(sparsity) instead.",
  );
}

/** Case does not matter. */
export function initializerNamed(name: string): Initializer {
  const make = byName.get(name.toLowerCase());
  if (make) return make();
  throw new OptionError(`For 'initializer', the class corresponding to '${name}' was not found.`);
}
