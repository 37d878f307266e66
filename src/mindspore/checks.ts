import { OptionError, OptionTypeError } from "../core/errors.ts";
import { MAX_INTEGER } from "../core/options.ts";
import { text, typeName } from "./python.ts";

/**
 * MindSpore's validators with MindSpore's sentences, so that a search for them finds its answers: `TypeError` is an
 * `OptionTypeError` here, `ValueError` an `OptionError`. Where its own text has no name or another operation's, the layer's is put.
 */

/** `check_value_type(name, value, [int])`: a boolean is no integer. */
export function checkInt(layer: string, name: string, value: unknown): asserts value is number {
  if (typeName(value) !== "int")
    throw new OptionTypeError(
      `For '${layer}', the type of '${name}' should be 'int', but got type '${typeName(value)}'.`,
    );
}

/** `check_int` and its kin: the type too, in their own words. `relation` is `>` or `>=`. */
export function checkNumber(layer: string, name: string, value: unknown, relation: ">" | ">=", bound: number): number {
  const what = `For '${layer}', the '${name}' must be int`;
  const type = typeName(value);
  if (type !== "int" && type !== "bool") throw new OptionTypeError(`${what}, but got '${type}'`);
  const wrong = (rule: string): string => `${what} and must ${rule}, but got '${text(value)}' with type '${type}'.`;
  if (typeof value !== "number") throw new OptionTypeError(wrong(`${relation} ${bound}`));
  if (value < bound || (value === bound && relation === ">")) throw new OptionError(wrong(`${relation} ${bound}`));
  if (value > MAX_INTEGER) throw new OptionError(wrong(`<= ${MAX_INTEGER}`));
  return value;
}

export function checkBool(layer: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new OptionTypeError(`For '${layer}', the '${name}' must be a bool, but got ${typeName(value)}.`);
}

/** Both channel counts must be multiples of `group`. MindSpore's Conv1d says it the wrong way round; this is Conv1dTranspose's. */
export function checkDivisible(layer: string, inChannels: unknown, outChannels: unknown, group: number): void {
  if (Number.isInteger(inChannels) && (inChannels as number) % group !== 0)
    throw new OptionError(
      `For '${layer}', the attr 'in_channels' must be divisible by attr 'group', but got 'in_channels': ${inChannels} and 'group': ${group}.`,
    );
  if (Number.isInteger(outChannels) && (outChannels as number) % group !== 0)
    throw new OptionError(
      `For '${layer}', the 'out_channels' must be divisible by attr 'group', but got 'out_channels': ${outChannels} and 'group': ${group}.`,
    );
}

export type PadMode = "valid" | "same" | "pad";

/** MindSpore checks the second condition in a primitive, under its name: `For 'Conv2DBackpropInput', the 'pad' must be zero …`. */
export function checkPadMode(layer: string, padMode: unknown, padding: number): PadMode {
  if (padMode !== "valid" && padMode !== "same" && padMode !== "pad")
    throw new OptionError(
      `For '${layer}', the 'pad_mode' must be str and must be in '['valid', 'same', 'pad']', but got '${text(padMode)}'.`,
    );
  if (padMode !== "pad" && padding !== 0)
    throw new OptionError(
      `For '${layer}', the 'padding' must be zero when 'pad_mode' is not "pad", but got 'padding' is ${padding} and 'pad_mode' is ${padMode}.`,
    );
  return padMode;
}
