import { OptionError, OptionTypeError } from "../../core/errors.ts";
import { checkName, checkOptions, show } from "../../core/options.ts";
import { Module } from "../module.ts";
import { checkFinite } from "../options.ts";
import { pythonFloat, snakeCase } from "../repr.ts";

/** The settings of a layer: `{ negativeSlope: 0.01 }`. */
export type Settings = Readonly<Record<string, number | string>>;

/** PyTorch's one positional argument, or the options object: `new LeakyReLU(0.1)` is `new LeakyReLU({ negativeSlope: 0.1 })`. */
export type Shorthand<Options> = number | Options;

/** What a layer is constructed with: nothing, where there is nothing to set. */
type Given<S extends Settings> = [keyof S] extends [never] ? undefined : Shorthand<Partial<S>>;

/** A layer without parameters: a function of one tensor, and the settings it is called with, checked and printed alike for all. */
export abstract class Activation<S extends Settings = Record<never, never>> extends Module {
  readonly settings: S;

  /** `checkedNumber` says what numbers will do: finite ones, unless infinity has a meaning for the layer. */
  constructor(given?: Given<S>, defaults: S = {} as S, checkedNumber = checkFinite) {
    super();
    const layer = this.constructor.name;
    const names = Object.keys(defaults);
    if (names.length === 0 && given !== undefined) {
      const Refusal = typeof given === "object" && given !== null ? OptionError : OptionTypeError;
      throw new Refusal(`${layer}: takes no options, got ${show(given)}`);
    }
    const options: unknown = typeof given === "number" && names.length === 1 ? { [names[0]!]: given } : given;
    if (names.length > 0) checkOptions(layer, options, names);
    const settings: Record<string, number | string> = { ...defaults };
    for (const [name, value] of Object.entries((options ?? {}) as Record<string, unknown>))
      if (value !== undefined)
        settings[name] = (typeof defaults[name] === "number" ? checkedNumber : checkName)(layer, name, value);
    this.settings = settings as S;
  }

  protected override extraRepr(): string {
    const texts = Object.entries(this.settings).map(
      ([name, value]) => `${snakeCase(name)}=${typeof value === "number" ? pythonFloat(value) : `'${value}'`}`,
    );
    return texts.join(", ");
  }
}
