/** `nn.utils.parametrizations`, where PyTorch has it. */
import type { AnyModule } from "../module.ts";
import { compute } from "./computed.ts";
import { dictionaryOf, ParametrizationList } from "./parametrized.ts";
import { takeApart, type WeightNormOptions } from "./weightNorm.ts";

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
