import { OptionError, OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { Parameter } from "../graph/parameter.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type LoadReport, loadInto } from "./stateDict.ts";

/** A module whatever goes in and comes out. */
export type AnyModule = Module<never[], unknown>;

/**
 * A layer or a network: parameters, buffers and child modules under names, and a `forward`.
 *
 * Fields that hold a `Parameter`, a `Module` or an array of modules are found by themselves, in the order of assignment; their
 * names in a state dict are PyTorch's: `weight`, `0.weight`, `encoder.0.bias`.
 *
 * `forward` takes a tensor and gives one; a module of other shape says so: `class D extends nn.Module<[Tensor], [Tensor, Tensor]>`.
 */
export abstract class Module<Inputs extends unknown[] = [Tensor, ...never[]], Output = Tensor> {
  /** Whether dropout drops and batch norm learns; see `train` and `eval`. */
  training = true;

  readonly #registered = new Map<string, Parameter>();
  readonly #buffers = new Map<string, Tensor>();

  abstract forward(...inputs: Inputs): Output;

  /** A parameter under a name that cannot be a field's, such as `weight_g`. */
  registerParameter(name: string, parameter: Parameter): void {
    this.#checkName(name);
    this.#registered.set(name, parameter);
  }

  /** Takes a parameter registered by name away again. */
  unregisterParameter(name: string): void {
    this.#registered.delete(name);
  }

  /** A tensor that is saved and loaded but not trained, such as `running_mean`. */
  registerBuffer(name: string, tensor: Tensor): void {
    this.#checkName(name);
    this.#buffers.set(name, tensor);
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

  /** Replaces a buffer's value. */
  setBuffer(name: string, tensor: Tensor): void {
    this.getBuffer(name);
    this.#buffers.set(name, tensor);
  }

  #checkName(name: string): void {
    if (typeof name !== "string" || name === "" || name.includes("."))
      throw new OptionError(`${this.constructor.name}: ${show(name)} is not a name; it must be a string without a dot`);
  }

  /** Direct children with their names. */
  *namedChildren(): Generator<[string, AnyModule]> {
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Module) yield [name, value];
      else if (Array.isArray(value))
        for (const [i, item] of value.entries()) if (item instanceof Module) yield [`${name}.${i}`, item];
    }
  }

  /** This module and all below it, parents first. */
  *namedModules(prefix = ""): Generator<[string, AnyModule]> {
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(join(prefix, name));
  }

  /** @internal The module's own parameters, without those of its children. */
  *ownParameters(): Generator<[string, Parameter]> {
    for (const [name, value] of Object.entries(this)) if (value instanceof Parameter) yield [name, value];
    yield* this.#registered;
  }

  /** @internal */
  ownBuffers(): Iterable<[string, Tensor]> {
    return this.#buffers;
  }

  /** Every parameter once, with the first of its names. */
  *namedParameters(): Generator<[string, Parameter]> {
    const seen = new Set<Parameter>();
    for (const [prefix, module] of this.namedModules())
      for (const [name, parameter] of module.ownParameters()) {
        if (seen.has(parameter)) continue;
        seen.add(parameter);
        yield [join(prefix, name), parameter];
      }
  }

  parameters(): Parameter[] {
    return Array.from(this.namedParameters(), ([, parameter]) => parameter);
  }

  *namedBuffers(): Generator<[string, Tensor]> {
    for (const [prefix, module] of this.namedModules())
      for (const [name, buffer] of module.ownBuffers()) yield [join(prefix, name), buffer];
  }

  buffers(): Tensor[] {
    return Array.from(this.namedBuffers(), ([, buffer]) => buffer);
  }

  /** Parameters and buffers as they are now, under PyTorch's names and in its order. Later training does not change them. */
  stateDict(): Map<string, Tensor> {
    const state = new Map<string, Tensor>();
    for (const [prefix, module] of this.namedModules()) {
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
    if (typeof mode !== "boolean") throw new OptionTypeError(`train: mode must be true or false, got ${show(mode)}`);
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  eval(): this {
    return this.train(false);
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
    const children = Array.from(this.namedChildren(), ([name, child]) => `(${name}): ${child.toString()}`);
    const extra = this.extraRepr();
    if (children.length === 0) return `${this.constructor.name}(${extra})`;
    const lines = [...(extra ? [extra] : []), ...children].join("\n").replaceAll("\n", "\n  ");
    return `${this.constructor.name}(\n  ${lines}\n)`;
  }
}

export const join = (prefix: string, name: string): string => (prefix ? `${prefix}.${name}` : name);
