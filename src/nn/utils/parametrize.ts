/** `nn.utils.parametrize`, where PyTorch has it. */
import { OptionError } from "../../core/errors.ts";
import { checkBoolean, checkOptions } from "../../core/options.ts";
import type { AnyModule } from "../module.ts";
import { settle } from "./computed.ts";
import { ParametrizationList, type Parametrized } from "./parametrized.ts";

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
  const { leaveParametrized = true } = options;
  const { parametrizations } = module as Parametrized;
  if (!parametrizations || !(parametrizations.lists[name] instanceof ParametrizationList))
    throw new OptionError(
      `removeParametrizations: ${module.constructor.name} does not have a parametrization on ${name}`,
    );
  if (!checkBoolean("removeParametrizations", "leaveParametrized", leaveParametrized))
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
