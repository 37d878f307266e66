import { OptionTypeError, StateDictError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import type { Parameter } from "../graph/parameter.ts";
import { Tensor } from "../graph/tensor.ts";
import { snakeCase } from "../nn/repr.ts";
import { detach } from "../ops/detach.ts";
import { scalar } from "../ops/elementwise/operand.ts";
import { cast } from "../ops/shape/cast.ts";
import { type Hyperparameters, namesOf, resolve, type Specification } from "./hyperparameters.ts";
import type { ParamGroup } from "./paramGroups.ts";

/** What an optimizer remembers of one parameter, under PyTorch's names. Numbers are counters. */
export type ParameterState = Readonly<Record<string, Tensor | number>>;

/** PyTorch's layout: parameters are numbered through all groups; names are PyTorch's, such as `exp_avg` and `weight_decay`. */
export interface OptimizerStateDict {
  /** What is remembered per parameter; counters are float32 tensors without axes, as PyTorch has them. */
  state: Record<number, Record<string, Tensor>>;
  param_groups: OptimizerGroupDict[];
}

/** One group: its hyper-parameters, and the numbers of its parameters under `params`. */
export type OptimizerGroupDict = { params: number[] } & Record<string, unknown>;

export function saveState<H extends Hyperparameters>(
  specification: Specification<H>,
  groups: readonly ParamGroup<H>[],
  states: ReadonlyMap<Parameter, ParameterState>,
): OptimizerStateDict {
  const state: OptimizerStateDict["state"] = {};
  let number = 0;
  const param_groups = groups.map((group) => {
    const params = group.params.map((parameter) => {
      const saved = states.get(parameter);
      if (saved)
        state[number] = Object.fromEntries(Object.entries(saved).map(([name, item]) => [name, toTensor(item)]));
      return number++;
    });
    const values = [...namesOf(specification), "initialLr" as const].flatMap((name) =>
      group[name] === undefined ? [] : [[snakeCase(name), group[name]]],
    );
    return { ...Object.fromEntries(values), params };
  });
  return { state, param_groups };
}

/** What a state dict holds for these groups; nothing is changed. `namesOfState` says what a group's parameters need. */
export function loadState<H extends Hyperparameters, S extends ParameterState>(
  optimizer: string,
  specification: Specification<H>,
  groups: readonly ParamGroup<H>[],
  given: OptimizerStateDict,
  namesOfState: (group: H) => readonly (keyof S & string)[],
): { groups: H[]; states: Map<Parameter, S> } {
  const op = `${optimizer}.loadStateDict`;
  const { state, param_groups } = checkLayout(op, given);
  if (param_groups.length !== groups.length)
    throw new StateDictError(
      `${op}: the state dict has ${param_groups.length} parameter groups, the optimizer ${groups.length}`,
    );
  const states = new Map<Parameter, S>();
  const loaded = groups.map((group, i) => {
    const saved = param_groups[i]!;
    if (saved.params.length !== group.params.length)
      throw new StateDictError(
        `${op}: group ${i} of the state dict has ${saved.params.length} parameters, that of the optimizer ${group.params.length}`,
      );
    const values = loadGroup(`${op}, group ${i}`, specification, saved);
    const names = namesOfState({ ...group, ...values });
    for (const [j, parameter] of group.params.entries()) {
      const number = saved.params[j]!;
      const found = loadParameter(`${op}: parameter ${number}`, parameter, state[number] ?? {}, names);
      if (found) states.set(parameter, found as S);
    }
    return values;
  });
  return { groups: loaded, states };
}

function checkLayout(op: string, given: OptimizerStateDict): OptimizerStateDict {
  const { state, param_groups } = given ?? {};
  const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
  if (!isObject(state) || !Array.isArray(param_groups) || !param_groups.every((group) => Array.isArray(group?.params)))
    throw new OptionTypeError(`${op}: expected { state, param_groups: [{ params, … }] }, got ${show(given)}`);
  return given;
}

/** The hyper-parameters of one group. Those of PyTorch that only choose an implementation (`foreach`, `fused`, …) are left out. */
function loadGroup<H extends Hyperparameters>(
  op: string,
  specification: Specification<H>,
  saved: OptimizerGroupDict,
): H & { initialLr?: number } {
  if (saved.maximize === true) throw new StateDictError(`${op}: "maximize" is not supported; negate the loss`);
  const given: Record<string, unknown> = {};
  for (const name of namesOf(specification)) {
    given[name] = saved[snakeCase(name)];
    if (given[name] === undefined) throw new StateDictError(`${op}: ${show(snakeCase(name))} is missing`);
  }
  const values = resolve<H>(op, specification, given as Partial<H>, {});
  const initialLr = saved.initial_lr;
  return typeof initialLr === "number" ? { ...values, initialLr } : values;
}

function loadParameter(
  op: string,
  parameter: Parameter,
  saved: Readonly<Record<string, unknown>>,
  names: readonly string[],
): ParameterState | undefined {
  const present = names.filter((name) => saved[name] !== undefined && saved[name] !== null);
  if (present.length === 0) return undefined; // not stepped yet, or of another kind of optimizer
  const found: Record<string, Tensor | number> = {};
  for (const name of names) {
    const item = saved[name];
    if (name === "step" && typeof item === "number") found[name] = item;
    else if (!(item instanceof Tensor))
      throw new StateDictError(`${op}: ${show(name)} must be a tensor, got ${show(item)}`);
    else if (name === "step") found[name] = item.item();
    else if (!sameShape(item.shape, parameter.shape))
      throw new StateDictError(
        `${op}: ${show(name)} has shape ${showShape(item.shape)}, the parameter ${showShape(parameter.shape)}`,
      );
    else found[name] = cast(detach(item), parameter.dtype);
  }
  return found;
}

const toTensor = (item: Tensor | number): Tensor => (typeof item === "number" ? scalar(item, "float32") : detach(item));
