import { OptionError, OptionTypeError } from "../core/errors.ts";
import { checkBoolean, checkNumber, checkOptions, show } from "../core/options.ts";
import { checkFinite } from "../nn/options.ts";

/** What every parameter group has. */
export interface Hyperparameters {
  /** The learning rate. */
  lr: number;
}

/** How one hyper-parameter is checked; the name goes into the message. */
export type Check<T> = (op: string, name: string, value: unknown) => T;

/** The hyper-parameters of an optimizer: a default and a check for each. */
export type Specification<H extends Hyperparameters> = {
  readonly [K in keyof H]-?: { readonly initial: H[K]; readonly check: Check<H[K]> };
};

export const nonNegative: Check<number> = (op, name, value) => {
  const number = checkNumber(op, name, value);
  if (number >= 0 && number < Number.POSITIVE_INFINITY) return number;
  throw new OptionError(`${op}: ${name} must be finite and at least 0, got ${number}`);
};

/** PyTorch allows any dampening. */
export const finite: Check<number> = checkFinite;

/** Two decay rates, each in 0 ≤ β < 1: with β = 1 the bias correction 1 − βᵗ is zero. */
export const decayRates: Check<readonly [number, number]> = (op, name, value) => {
  if (!Array.isArray(value) || value.length !== 2)
    throw new OptionTypeError(`${op}: ${name} must be two numbers [beta1, beta2], got ${show(value)}`);
  const [first, second] = value.map((beta) => checkNumber(op, name, beta)) as [number, number];
  for (const beta of [first, second])
    if (!(beta >= 0 && beta < 1)) throw new OptionError(`${op}: ${name} must be in 0 ≤ β < 1, got ${show(value)}`);
  return [first, second];
};

export const flag: Check<boolean> = checkBoolean;

export const namesOf = <H extends Hyperparameters>(specification: Specification<H>): (keyof H & string)[] =>
  Object.keys(specification) as (keyof H & string)[];

/** `given` over `fallback`, every value checked. `also` lists the names that `given` may hold beside hyper-parameters. */
export function resolve<H extends Hyperparameters>(
  op: string,
  specification: Specification<H>,
  given: Partial<H>,
  fallback: Partial<H>,
  also: readonly string[] = [],
): H {
  checkOptions(op, given, [...namesOf(specification), ...also]);
  const resolved = {} as H;
  for (const name of namesOf(specification)) {
    const { initial, check } = specification[name];
    const value = given[name] === undefined ? fallback[name] : given[name];
    resolved[name] = check(op, name, value === undefined ? initial : value);
  }
  return resolved;
}
