/** Finds the weights of a model in what `torch.save` wrote, which is often more: losses, epochs, optimisers, several models. */
import { show } from "../../core/options.ts";
import { Tensor } from "../../graph/tensor.ts";
import type { Fail } from "../bytes/fail.ts";
import { describe } from "../torch/pickle/arguments.ts";
import type { TorchValue } from "../torch/value.ts";
import { listed } from "./prefixes.ts";

/** Under which keys programs keep the model, in the order in which they are preferred: what was trained before its averages. */
export const MODEL_KEYS = [
  "state_dict",
  "model_state_dict",
  "model",
  "net",
  "network",
  "generator",
  "module",
  "params",
  "parameters",
  "weights",
  "ema",
  "model_ema",
  "ema_state_dict",
  "params_ema",
] as const;

/** Containers within containers, and modules within modules. */
const DEEPEST = 8;
const DEEPEST_MODULE = 64;
/** Names made of nested modules, of which some may be shared and so have many; and their characters, 40 in each. */
const MOST_NAMES = 100_000;
const MOST_CHARACTERS = 2 ** 22;

type Container = ReadonlyMap<TorchValue, TorchValue>;

export interface Unwrapped {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What is left of the prefix when the keys of containers have been taken off it. */
  readonly prefix: string;
  /** What the key holds that the prefix begins with, in words, where that is no model, and the tensors are those beside it. */
  readonly passedOver?: string;
}

/**
 * The tensors of a model, under names. A map is gone into by the key that `prefix` begins with, if it has that; then by the first of
 * `MODEL_KEYS` that holds tensors; if it holds tensors itself it is the model; otherwise the only one of its maps that holds tensors
 * is. Modules of TorchScript are flattened. What an optimiser keeps is never the model.
 *
 * @throws through `fail`, with what there is
 */
export function unwrap(value: TorchValue, prefix: string, fail: Fail): Unwrapped {
  if (!(value instanceof Map)) return fail(`the file holds ${kindOf(value)}, no tensors under names`);
  const found = new Search(fail).enter(value, prefix, 0) ?? fail(refusal(value, prefix));
  const key = found.prefix === prefix ? Array.from(value.keys()).find((each) => leadsTo(each, prefix)) : undefined;
  if (key === undefined) return found;
  return { ...found, passedOver: `the key ${describe(key)} holds ${kindOf(value.get(key)!)}, no model` };
}

/** Whether the prefix is this key, or begins with it. */
const leadsTo = (key: TorchValue, prefix: string): key is string =>
  typeof key === "string" && key !== "" && (prefix === key || prefix.startsWith(`${key}.`));

class Search {
  readonly #fail: Fail;
  /** What has been found in each map for what is left of the prefix: a file may refer to one map a thousand times. */
  readonly #found = new Map<Container, Map<string, Unwrapped | undefined>>();

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  enter(container: Container, prefix: string, depth: number): Unwrapped | undefined {
    const found = this.#found.get(container) ?? new Map<string, Unwrapped | undefined>();
    if (!found.has(prefix)) {
      this.#found.set(container, found.set(prefix, undefined)); // also for a map that contains itself
      found.set(prefix, this.#search(container, prefix, depth));
    }
    return found.get(prefix);
  }

  #search(container: Container, prefix: string, depth: number): Unwrapped | undefined {
    if (depth > DEEPEST || isOptimiser(container)) return undefined;
    if (isModule(container)) return { tensors: flattened(container, this.#fail), prefix };
    const inside = (key: TorchValue, rest = prefix): Unwrapped | undefined => {
      const value = container.get(key);
      return value instanceof Map ? this.enter(value, rest, depth + 1) : undefined;
    };
    for (const key of container.keys()) {
      if (!leadsTo(key, prefix)) continue;
      const named = inside(key, prefix.slice(key.length + 1));
      if (named) return named;
    }
    for (const key of MODEL_KEYS) {
      const model = inside(key);
      if (model) return model;
    }
    const tensors = tensorsOf(container);
    const others = Array.from(container.keys()).flatMap((key) => (isOptimiserKey(key) ? [] : (inside(key) ?? [])));
    // Numbers beside dicts are steps and losses.
    const all = Array.from(tensors.values());
    if (all.length > 0 && (others.length === 0 || all.some(({ rank }) => rank > 0))) return { tensors, prefix };
    return others.length === 1 ? others[0] : undefined;
  }
}

const tensorsOf = (container: Container): Map<string, Tensor> =>
  new Map(
    Array.from(container).flatMap(([key, value]) =>
      typeof key === "string" && value instanceof Tensor ? [[key, value] as const] : [],
    ),
  );

/** Every optimiser of PyTorch has this key; schedulers and scalers are kept beside it. */
const isOptimiser = (container: Container): boolean => container.has("param_groups");
const isOptimiserKey = (key: TorchValue): boolean =>
  typeof key !== "string" || /optim|scheduler|scaler|^(state|opt)(_|$)/i.test(key);

/** Every module of TorchScript knows whether it is trained, and no dict of tensors has such a key. */
const isModule = (container: Container): boolean => typeof container.get("training") === "boolean";

function flattened(module: Container, fail: Fail): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  let visited = 0;
  let characters = 0;
  const walk = (part: Container, path: string, depth: number): void => {
    if (depth > DEEPEST_MODULE) fail(`modules are nested deeper than ${DEEPEST_MODULE}`);
    for (const [key, value] of part) {
      if (++visited > MOST_NAMES) fail(`the modules have more than ${MOST_NAMES} attributes`);
      if (typeof key !== "string") continue;
      if (value instanceof Tensor) {
        characters += path.length + key.length;
        if (characters > MOST_CHARACTERS)
          fail(`the names of the modules' tensors have more than ${MOST_CHARACTERS} characters`);
        tensors.set(path + key, value);
      } else if (value instanceof Map && isModule(value)) walk(value, `${path}${key}.`, depth + 1);
    }
  };
  walk(module, "", 0);
  return tensors;
}

function refusal(container: Container, prefix: string): string {
  const wanted = prefix ? ` below ${show(prefix)}` : "";
  // A key may be a tuple of tuples, which would be endless to write down.
  const there = Array.from(container, ([key, value]) => `${describe(key)} (${kindOf(value)})`);
  if (there.length === 0) return `there are no tensors${wanted}: the file holds an empty dict`;
  const several = Array.from(container.values()).filter((value) => value instanceof Map).length > 1;
  const hint = several ? "; the option prefix says which of them is the model" : "";
  return `there is no one model${wanted} in the file, which holds ${listed(there)}${hint}`;
}

function kindOf(value: TorchValue): string {
  if (value instanceof Tensor) return `a tensor of shape [${value.shape.join(", ")}]`;
  if (value instanceof Map) return isOptimiser(value) ? "an optimiser's state" : `a dict of ${value.size}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === null ? "None" : typeof value === "object" ? show(value) : `a ${typeof value}`;
}
