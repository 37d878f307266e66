import type { TypedArray } from "../../core/dtype.ts";
import { DTypeError, OptionError, OptionTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { evaluateSync } from "../../graph/evaluate.ts";
import { Tensor } from "../../graph/tensor.ts";

/** What writers take: tensors under names, such as `module.stateDict()`. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/**
 * The tensors that `writer` was given, computed, in order.
 *
 * @throws OptionTypeError, DTypeError; OptionError for a name that UTF-8, which all files have, cannot write
 */
export function checkNamed(writer: string, given: NamedTensors): ReadonlyMap<string, Tensor> {
  if (typeof given !== "object" || given === null || Array.isArray(given) || given instanceof Tensor)
    throw new OptionTypeError(`${writer}: expected a Map or an object of tensors, got ${show(given)}`);
  const tensors: ReadonlyMap<string, Tensor> = given instanceof Map ? given : new Map(Object.entries(given));
  for (const [name, tensor] of tensors) {
    if (typeof name !== "string") throw new OptionTypeError(`${writer}: expected names, got ${show(name)}`);
    // All of them would be written as the same replacement character.
    if (hasHalfPair(name)) throw new OptionError(`${writer}: the name ${show(name)} has half a surrogate pair`);
    if (!(tensor instanceof Tensor))
      throw new DTypeError(`${writer}: ${show(name)} must be a tensor, got ${show(tensor)}`);
  }
  evaluateSync(Array.from(tensors.values(), (tensor) => tensor.node()));
  return tensors;
}

/** Whether the text has half a surrogate pair, which JavaScript and JSON's escapes can say, and UTF-8 cannot. */
export const hasHalfPair = (text: string): boolean => /\p{Surrogate}/u.test(text);

/** The numbers of a tensor that has been computed. */
export const numbersOf = (tensor: Tensor): TypedArray => tensor.node().value!;
