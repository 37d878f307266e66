import { OptionError } from "../../core/errors.ts";
import { checkNumber, checkOptions, show } from "../../core/options.ts";
import { Module } from "../module.ts";
import { pythonFloat, snakeCase } from "../repr.ts";

/** The settings of a layer: `{ negativeSlope: 0.01 }`. */
export type Settings = Readonly<Record<string, number | string>>;

/** PyTorch's one positional argument, or the options object: `new LeakyReLU(0.1)` is `new LeakyReLU({ negativeSlope: 0.1 })`. */
export type Shorthand<Options> = number | Options;

/** A layer without parameters: a function of one tensor, and the settings it is called with, checked and printed alike for all. */
export abstract class Activation<S extends Settings = Record<never, never>> extends Module {
  readonly settings: S;

  constructor(given: Shorthand<Partial<S>> = {}, defaults: S = {} as S) {
    super();
    const layer = this.constructor.name;
    const names = Object.keys(defaults);
    const options = (typeof given === "number" && names.length > 0 ? { [names[0]!]: given } : given) as Partial<S>;
    if (names.length > 0) checkOptions(layer, options, names);
    else if (Object.keys(options ?? {}).length > 0)
      throw new OptionError(`${layer}: takes no options, got ${show(options)}`);
    const settings: Record<string, number | string> = {};
    for (const [name, standard] of Object.entries(defaults)) {
      const value = options[name] ?? standard;
      settings[name] = typeof standard === "number" ? checkNumber(layer, name, value) : value;
    }
    this.settings = settings as S;
  }

  protected override extraRepr(): string {
    const texts = Object.entries(this.settings).map(
      ([name, value]) => `${snakeCase(name)}=${typeof value === "number" ? pythonFloat(value) : `'${value}'`}`,
    );
    return texts.join(", ");
  }
}
