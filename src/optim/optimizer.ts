import { DTypeError, OptionError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { evaluateSync } from "../graph/evaluate.ts";
import { noGrad } from "../graph/mode.ts";
import type { Parameter } from "../graph/parameter.ts";
import { Tensor } from "../graph/tensor.ts";
import { zeros } from "../ops/create.ts";
import { detach } from "../ops/detach.ts";
import { type Hyperparameters, resolve, type Specification } from "./hyperparameters.ts";
import { type ParamGroup, paramGroups, type Trainable } from "./paramGroups.ts";
import { loadState, type OptimizerStateDict, type ParameterState, saveState } from "./stateDict.ts";

/** One update: expressions for the new value and the new state. */
export interface Update<S extends ParameterState> {
  readonly value: Tensor;
  /** Left out by an update that remembers nothing. */
  readonly state?: S;
}

interface Pending<S extends ParameterState> extends Update<S> {
  readonly parameter: Parameter;
}

/**
 * Trains parameters: `zeroGrad()`, `loss.backward()`, `step()`.
 *
 * An update is an expression like any other. All of them are evaluated at once, together with the loss and the gradients that
 * wait since `backward()`.
 *
 * Source: https://docs.pytorch.org/docs/stable/optim.html
 */
export abstract class Optimizer<
  H extends Hyperparameters = Hyperparameters,
  S extends ParameterState = ParameterState,
> {
  /** Hyper-parameters per group of parameters; change `paramGroups[0].lr` between steps as you like. */
  readonly paramGroups: ParamGroup<H>[];
  readonly #name: string;
  readonly #specification: Specification<H>;
  readonly #states = new Map<Parameter, S>();

  /** @throws OptionError, OptionTypeError */
  constructor(name: string, specification: Specification<H>, params: Trainable<H>, options: Partial<H> = {}) {
    this.#name = name;
    this.#specification = specification;
    this.paramGroups = paramGroups(name, specification, params, options);
    this.#check();
  }

  /** The expressions for one step of parameter `w` with gradient `g`, in PyTorch's order of operations. */
  protected abstract update(w: Tensor, g: Tensor, group: H, state: S | undefined): Update<S>;

  /** The names in `S` that `group` needs. */
  protected abstract stateNames(group: H): readonly (keyof S & string)[];

  /** Relations between hyper-parameters of a group: what is broken, or `undefined`. */
  protected broken(_group: H): string | undefined {
    return undefined;
  }

  /**
   * Updates every parameter that has a gradient, all or none.
   *
   * @throws OptionError when a hyper-parameter was changed to an impossible value
   */
  step(): void {
    this.#check();
    const pending = noGrad(() => this.paramGroups.flatMap((group) => this.#pending(group)));
    evaluateSync(pending.flatMap(({ value, state }) => [value, ...tensorsOf(state)]));
    for (const { parameter, value, state } of pending) {
      parameter.assign(value);
      if (state) this.#states.set(parameter, state);
    }
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const parameter of params) parameter.grad = null;
  }

  /** State and hyper-parameters in PyTorch's layout and names, for `loadStateDict` here or there. */
  stateDict(): OptimizerStateDict {
    return saveState(this.#specification, this.paramGroups, this.#states);
  }

  /**
   * Takes over a state dict of an optimizer of the same kind; parameters are matched by their order.
   *
   * @throws StateDictError when groups, shapes or names do not fit; then nothing is loaded.
   */
  loadStateDict(given: OptimizerStateDict): void {
    const loaded = loadState<H, S>(this.#name, this.#specification, this.paramGroups, given, (group) =>
      this.stateNames(group),
    );
    this.paramGroups.forEach((group, i) => {
      Object.assign(group, loaded.groups[i]);
    });
    this.#states.clear();
    for (const [parameter, state] of loaded.states) this.#states.set(parameter, state);
  }

  #check(): void {
    for (const [i, group] of this.paramGroups.entries()) {
      const name = this.paramGroups.length > 1 ? `${this.#name}, group ${i}` : this.#name;
      resolve<H>(name, this.#specification, group, group, ["params", "initialLr"]);
      const broken = this.broken(group);
      if (broken) throw new OptionError(`${name}: ${broken}`);
    }
  }

  #pending(group: ParamGroup<H>): Pending<S>[] {
    return group.params.flatMap((parameter) => {
      if (parameter.grad === null) return [];
      checkGradient(this.#name, parameter, parameter.grad);
      const state = this.#states.get(parameter);
      return { parameter, ...this.update(parameter, detach(parameter.grad), group, state) };
    });
  }
}

/** What running means start from. */
export const zerosLike = (w: Tensor): Tensor => zeros(w.shape, { dtype: w.dtype });

const tensorsOf = (state: ParameterState | undefined): Tensor[] =>
  Object.values(state ?? {}).filter((item) => item instanceof Tensor);

/** A gradient may also be put there by hand. */
function checkGradient(op: string, parameter: Parameter, grad: unknown): asserts grad is Tensor {
  if (!(grad instanceof Tensor)) throw new OptionTypeError(`${op}: a gradient must be a tensor, got ${show(grad)}`);
  if (!sameShape(grad.shape, parameter.shape))
    throw new ShapeError(
      `${op}: a gradient of shape ${showShape(grad.shape)} does not fit its parameter of shape ${showShape(parameter.shape)}`,
    );
  if (grad.dtype !== parameter.dtype)
    throw new DTypeError(`${op}: a ${grad.dtype} gradient does not fit its ${parameter.dtype} parameter`);
}
