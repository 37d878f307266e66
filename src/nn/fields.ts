import { OptionError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { Parameter } from "../graph/parameter.ts";
import { type AnyModule, Module } from "./module.ts";

/** What a module is made of. */
const isPart = (value: unknown): boolean => value instanceof Module || value instanceof Parameter;

/**
 * The fields of a module with their values. Arrays, also nested ones, are opened, with the names of PyTorch's `ModuleList` and
 * `ParameterList`: `blocks.0.1`.
 *
 * @throws OptionError for parts that PyTorch's names have no place for, and which would be neither trained nor saved: those in a
 * plain object, a `Map` or a `Set`, and those of fields with a dot in their names
 */
export function* fieldsOf(owner: AnyModule): Generator<[name: string, value: unknown]> {
  for (const [name, value] of Object.entries(owner)) {
    if (name.includes(".") && isPart(value))
      throw new OptionError(`${owner.constructor.name}: the name of field ${show(name)} must not contain a dot`);
    yield* opened(owner, name, value);
  }
}

function* opened(owner: AnyModule, name: string, value: unknown): Generator<[string, unknown]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      if (typeof item === "object" && item !== null) yield* opened(owner, `${name}.${i}`, item);
    return;
  }
  if (hidesParts(value))
    throw new OptionError(
      `${owner.constructor.name}: modules or parameters of field ${show(name)} would be neither trained nor saved, because they are in a ${show(value)}; keep them in fields of their own or in an array, or here in a #private field if they are in a field too`,
    );
  yield [name, value];
}

/** Whether a plain object, `Map` or `Set`, or one within it, holds a part. */
function hidesParts(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  for (const item of itemsOf(value)) if (isPart(item) || hidesParts(item, seen)) return true;
  return false;
}

function itemsOf(value: object): Iterable<unknown> {
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) return value.values();
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [];
}
