import { OptionError, OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { Parameter } from "../graph/parameter.ts";
import { type Hyperparameters, nonNegative, resolve, type Specification } from "./hyperparameters.ts";

/** Parameters trained with the same hyper-parameters. All but `params` may be changed between steps. */
export type ParamGroup<H extends Hyperparameters> = H & {
  readonly params: readonly Parameter[];
  /** The learning rate that schedules start from; set by the first of them. */
  initialLr?: number;
};

/** What an optimizer is given: parameters, or groups of them with hyper-parameters of their own. */
export type Trainable<H extends Hyperparameters> =
  | Iterable<Parameter>
  | Iterable<Partial<H> & { params: Parameter | Iterable<Parameter>; initialLr?: number }>;

/** Resolves and checks the groups; a parameter may occur once. */
export function paramGroups<H extends Hyperparameters>(
  op: string,
  specification: Specification<H>,
  given: Trainable<H>,
  options: Partial<H>,
): ParamGroup<H>[] {
  const defaults = resolve(op, specification, options, {});
  const items = listOf(op, given);
  if (items.length === 0) throw new OptionError(`${op}: no parameters to train: the list is empty`);
  const grouped = items.some(isGroup);
  const groups = (grouped ? items : [{ params: items }]).map((item, i) => {
    const name = grouped ? `${op}, group ${i}` : op;
    if (!isGroup(item))
      throw new OptionTypeError(`${name}: parameters and groups { params, … } do not mix, got ${show(item)}`);
    return paramGroup(name, specification, item as ParamGroup<H>, defaults);
  });
  checkOnce(op, groups);
  return groups;
}

function paramGroup<H extends Hyperparameters>(
  op: string,
  specification: Specification<H>,
  given: ParamGroup<H>,
  defaults: H,
): ParamGroup<H> {
  const resolved = resolve<H>(op, specification, given, defaults, ["params", "initialLr"]);
  const params = given.params instanceof Parameter ? [given.params] : listOf(op, given.params);
  for (const [i, item] of params.entries())
    if (!(item instanceof Parameter))
      throw new OptionTypeError(
        `${op}: item ${i} of the parameters must be a Parameter, got ${show(item)}${hint(item)}`,
      );
  return {
    ...resolved,
    ...(given.initialLr !== undefined && { initialLr: nonNegative(op, "initialLr", given.initialLr) }),
    params: params as Parameter[],
  };
}

function listOf(op: string, given: unknown): unknown[] {
  if (typeof given === "object" && given !== null && Symbol.iterator in given && !(given instanceof Map))
    return [...(given as Iterable<unknown>)];
  throw new OptionTypeError(
    `${op}: expected an array of parameters, such as net.parameters(), or of groups { params, lr }, got ${show(given)}`,
  );
}

const isGroup = (item: unknown): boolean => typeof item === "object" && item !== null && "params" in item;

const hint = (item: unknown): string => (item === null || item === undefined ? " (a layer without a bias?)" : "");

function checkOnce(op: string, groups: readonly { readonly params: readonly Parameter[] }[]): void {
  const seen = new Map<Parameter, string>();
  for (const [g, { params }] of groups.entries())
    for (const [i, parameter] of params.entries()) {
      const place = groups.length > 1 ? `item ${i} of group ${g}` : `item ${i}`;
      const earlier = seen.get(parameter);
      if (earlier)
        throw new OptionError(`${op}: ${place} is the same parameter as ${earlier}; it would be updated twice`);
      seen.set(parameter, place);
    }
}
