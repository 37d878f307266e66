import { DTypeError, GraphError, OptionError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { checkBoolean, show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { Parameter } from "../graph/parameter.ts";
import { Tensor } from "../graph/tensor.ts";
import { fieldsOf } from "./fields.ts";
import { moduleRepr } from "./repr.ts";
import { type LoadReport, loadInto } from "./stateDict.ts";

/** A module whatever goes in and comes out. */
export type AnyModule = Module<never[], unknown>;

/**
 * A layer or a network: parameters, buffers and child modules under names, and a `forward`.
 *
 * Fields that hold a `Parameter`, a `Module` or an array of them (of arrays of them, …) are found by themselves, in the order of
 * assignment; their names in a state dict are PyTorch's: `weight`, `0.weight`, `encoder.0.bias`. In a plain object, a `Map` or a
 * `Set` they are an error. `#private` fields cannot be seen: what they alone hold is neither trained nor saved.
 *
 * `forward` takes a tensor and gives one; a module of other shape says so: `class D extends nn.Module<[Tensor], [Tensor, Tensor]>`.
 */
export abstract class Module<Inputs extends unknown[] = [Tensor, ...never[]], Output = Tensor> {
  /** Whether dropout drops and batch norm learns; see `train` and `eval`. */
  training = true;

  readonly #registered = new Map<string, Parameter>();
  readonly #buffers = new Map<string, Tensor>();
  /** Fields in which a parameter has been seen. */
  readonly #trained = new Set<string>();

  /** A module takes no arguments unless its own constructor does: none is silently ignored. */
  constructor(...nothing: never[]) {
    if (nothing.some((argument) => argument !== undefined))
      throw new OptionTypeError(`${this.constructor.name}: takes no arguments, got ${nothing.map(show).join(", ")}`);
  }

  abstract forward(...inputs: Inputs): Output;

  /**
   * A parameter under a name that cannot be a field's, such as `weight_g`.
   *
   * @throws OptionError for a name that the module has already; OptionTypeError for something else than a parameter
   */
  registerParameter(name: string, parameter: Parameter): void {
    this.#checkFree(name);
    if (!(parameter instanceof Parameter))
      throw new OptionTypeError(
        `${this.constructor.name}: cannot assign ${show(parameter)} to parameter '${name}' (Parameter required)`,
      );
    this.#registered.set(name, parameter);
  }

  /** Takes a parameter registered by name away again. */
  unregisterParameter(name: string): void {
    this.#registered.delete(name);
  }

  /**
   * A tensor that is saved and loaded but not trained, such as `running_mean`.
   *
   * @throws OptionError for a name that the module has already; OptionTypeError for something else than a tensor
   */
  registerBuffer(name: string, tensor: Tensor): void {
    this.#checkFree(name);
    this.#buffers.set(name, this.#checkBuffer(name, tensor));
  }

  /** @internal Parameters and buffers under the names of a file, which may have dots. The caller sees to it that they are free. */
  protected adopt(parameters: Iterable<[string, Parameter]>, buffers: Iterable<[string, Tensor]>): void {
    for (const [name, parameter] of parameters) this.#registered.set(name, parameter);
    for (const [name, buffer] of buffers) this.#buffers.set(name, buffer);
  }

  getParameter(name: string): Parameter {
    const parameter = this.#registered.get(name);
    if (parameter) return parameter;
    throw new OptionError(`${this.constructor.name}: no parameter is registered as ${show(name)}`);
  }

  getBuffer(name: string): Tensor {
    const buffer = this.#buffers.get(name);
    if (buffer) return buffer;
    throw new OptionError(`${this.constructor.name}: no buffer is registered as ${show(name)}`);
  }

  /**
   * Replaces a buffer's value. Shape and dtype stay.
   *
   * @throws ShapeError, DTypeError, OptionTypeError; OptionError for a buffer that is not registered
   */
  setBuffer(name: string, tensor: Tensor): void {
    const { shape, dtype } = this.getBuffer(name);
    const what = `${this.constructor.name}: buffer '${name}' has`;
    this.#checkBuffer(name, tensor);
    if (!sameShape(tensor.shape, shape))
      throw new ShapeError(
        `${what} shape ${showShape(shape)}, cannot be set to one of shape ${showShape(tensor.shape)}`,
      );
    if (tensor.dtype !== dtype) throw new DTypeError(`${what} dtype ${dtype}, cannot be set to ${tensor.dtype}`);
    this.#buffers.set(name, tensor);
  }

  #checkBuffer(name: string, tensor: Tensor): Tensor {
    if (tensor instanceof Tensor) return tensor;
    throw new OptionTypeError(
      `${this.constructor.name}: cannot assign ${show(tensor)} to buffer '${name}' (Tensor required)`,
    );
  }

  #checkFree(name: string): void {
    if (typeof name !== "string" || name === "" || name.includes("."))
      throw new OptionError(`${this.constructor.name}: ${show(name)} is not a name; it must be a string without a dot`);
    const children = Array.from(this.namedChildren(), ([child]) => child);
    if (Object.hasOwn(this, name) || this.#registered.has(name) || this.#buffers.has(name) || children.includes(name))
      throw new OptionError(`${this.constructor.name}: attribute '${name}' already exists`);
  }

  *#fields(): Generator<[string, unknown]> {
    for (const [name, value] of fieldsOf(this)) {
      if (this.#registered.has(name) || this.#buffers.has(name))
        throw new OptionError(
          `${this.constructor.name}: attribute '${name}' already exists: it is registered, and a field too; setBuffer and getParameter(…).assign give it a new value`,
        );
      yield [name, value];
    }
  }

  /** Direct children with their names; a module that has two names comes twice. */
  *namedChildren(): Generator<[string, AnyModule]> {
    for (const [name, value] of this.#fields()) if (value instanceof Module) yield [name, value];
  }

  /**
   * @internal This module and all below it, parents first, under every name they have.
   *
   * @throws GraphError when a module contains itself
   */
  *everyModule(prefix = "", above: readonly (readonly [string, AnyModule])[] = []): Generator<[string, AnyModule]> {
    const place = (name: string): string => (name === "" ? "the network itself" : show(name));
    const same = above.find(([, module]) => module === this);
    if (same)
      throw new GraphError(
        `${this.constructor.name}: a module cannot contain itself: ${place(prefix)} is ${place(same[0])}`,
      );
    yield [prefix, this];
    const here = [...above, [prefix, this] as const];
    for (const [name, child] of this.namedChildren()) yield* child.everyModule(join(prefix, name), here);
  }

  /** This module and all below it, parents first; one that has several names comes once, under the first of them. */
  *namedModules(prefix = ""): Generator<[string, AnyModule]> {
    const seen = new Set<AnyModule>();
    for (const [name, module] of this.everyModule(prefix)) {
      if (seen.has(module)) continue;
      seen.add(module);
      yield [name, module];
    }
  }

  modules(): AnyModule[] {
    return Array.from(this.namedModules(), ([, module]) => module);
  }

  /**
   * @internal The module's own parameters, without those of its children.
   *
   * @throws OptionTypeError when a field that held a parameter holds a number or a plain tensor now
   */
  *ownParameters(): Generator<[string, Parameter]> {
    for (const [name, value] of this.#fields())
      if (value instanceof Parameter) {
        this.#trained.add(name);
        yield [name, value];
      } else if (this.#trained.has(name)) this.#checkReplaced(name, value);
    yield* this.#registered;
  }

  /** Nothing, a module, or an expression in the place of a parameter (weight norm) is no mistake. */
  #checkReplaced(name: string, value: unknown): void {
    if (value === null || value instanceof Module || Object.getOwnPropertyDescriptor(this, name)?.get) return;
    throw new OptionTypeError(
      `${this.constructor.name}: cannot assign ${show(value)} as parameter '${name}' (Parameter or null expected); ${name}.assign(tensor) gives it new numbers`,
    );
  }

  /**
   * @internal Called by a layer that has made its parameters: from now on something else in their fields is an error, which is found
   * when parameters are next asked for. (Whoever asks for parameters does the same.)
   */
  protected knowParameters(): void {
    Array.from(this.ownParameters());
  }

  /** @internal */
  ownBuffers(): ReadonlyMap<string, Tensor> {
    return this.#buffers;
  }

  /** Every parameter once, with the first of its names. */
  *namedParameters(): Generator<[string, Parameter]> {
    yield* once(this.namedModules(), (module) => module.ownParameters());
  }

  parameters(): Parameter[] {
    return Array.from(this.namedParameters(), ([, parameter]) => parameter);
  }

  /** Every buffer once, with the first of its names. */
  *namedBuffers(): Generator<[string, Tensor]> {
    yield* once(this.namedModules(), (module) => module.ownBuffers());
  }

  buffers(): Tensor[] {
    return Array.from(this.namedBuffers(), ([, buffer]) => buffer);
  }

  /**
   * Parameters and buffers as they are now, under PyTorch's names and in its order; those of a module that has several names under
   * each of them. Later training does not change them.
   */
  stateDict(): Map<string, Tensor> {
    const state = new Map<string, Tensor>();
    for (const [prefix, module] of this.everyModule()) {
      for (const [name, parameter] of module.ownParameters()) state.set(join(prefix, name), parameter.detach());
      for (const [name, buffer] of module.ownBuffers()) state.set(join(prefix, name), buffer.detach());
    }
    return state;
  }

  /**
   * Takes over the tensors of a state dict, a `Map` or a plain object. With `strict` (the default) every name must be on both
   * sides; a shape that differs is an error in any case, and then nothing is loaded. float64 is rounded to a float32 module.
   *
   * @throws StateDictError with PyTorch's text
   */
  loadStateDict(
    state: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
    options: { strict?: boolean } = {},
  ): LoadReport {
    return loadInto(this, state, options);
  }

  /** @internal Renames keys of older files below `prefix`, in place, before they are matched. */
  upgradeState(_state: Map<string, Tensor>, _prefix: string): void {}

  train(mode = true): this {
    checkBoolean("train", "mode", mode);
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /**
   * Freezes all parameters (`false`) or trains them again, and returns this; PyTorch's `requires_grad_`. Expressions built from now
   * on give frozen parameters no gradient, and optimizers pass over what has none; a gradient from before is still there until
   * `zeroGrad()`.
   */
  requiresGrad(wanted = true): this {
    checkBoolean("requiresGrad", "wanted", wanted);
    for (const parameter of this.parameters()) parameter.requiresGrad = wanted;
    return this;
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Hyper-parameters as PyTorch prints them. */
  protected extraRepr(): string {
    return "";
  }

  /** PyTorch's repr. */
  toString(): string {
    this.modules(); // a module that contains itself is an error, not an endless text
    return moduleRepr(this.constructor.name, this.extraRepr(), this.namedChildren());
  }
}

/** What the modules own, each once, under the full name it has first. */
function* once<T>(
  modules: Iterable<readonly [string, AnyModule]>,
  owned: (module: AnyModule) => Iterable<readonly [string, T]>,
): Generator<[string, T]> {
  const seen = new Set<T>();
  for (const [prefix, module] of modules)
    for (const [name, item] of owned(module)) {
      if (seen.has(item)) continue;
      seen.add(item);
      yield [join(prefix, name), item];
    }
}

export const join = (prefix: string, name: string): string => (prefix ? `${prefix}.${name}` : name);
