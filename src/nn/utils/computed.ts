import { OptionError, OptionTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { Parameter } from "../../graph/parameter.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type AnyModule, Module } from "../module.ts";

/** The fields of a module by name. */
const fields = (module: AnyModule): Record<string, unknown> => module as unknown as Record<string, unknown>;

/** The parameter in the field `name`, for `op` to replace. */
export function parameterField(op: string, module: AnyModule, name: string): Parameter {
  if (!(module instanceof Module)) throw new OptionTypeError(`${op}: expected a module, got ${show(module)}`);
  const value = fields(module)[name];
  if (value instanceof Parameter) return value; // also one that is lent
  if (Object.getOwnPropertyDescriptor(module, name)?.get)
    throw new OptionError(
      `${op}: ${show(name)} of ${module.constructor.name} is already computed from other parameters; Cannot register two weight_norm hooks on the same parameter ${name}`,
    );
  throw new OptionError(`${op}: ${module.constructor.name} has no parameter ${show(name)}, it is ${show(value)}`);
}

/**
 * Puts an expression in the place of a parameter: whoever reads the field gets a tensor computed from what its inputs are at that
 * moment. Assigning to the field hands the tensor to `assign`.
 */
export function compute(module: AnyModule, name: string, read: () => Tensor, assign: (value: Tensor) => void): void {
  delete fields(module)[name];
  Object.defineProperty(module, name, { configurable: true, enumerable: false, get: read, set: assign });
}

/** Ends `compute`: the field holds a parameter again, behind all other parameters of the module, as in PyTorch. */
export function settle(module: AnyModule, name: string): void {
  const value = (fields(module)[name] as Tensor).detach();
  delete fields(module)[name];
  fields(module)[name] = new Parameter(value);
}
