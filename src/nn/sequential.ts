import { OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Module } from "./module.ts";

/** Modules one after the other; their parameters are named `0.weight`, `1.weight`, … */
export class Sequential extends Module {
  readonly #layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    for (const [i, layer] of layers.entries())
      if (!(layer instanceof Module))
        throw new OptionTypeError(`Sequential: argument ${i} must be a module, got ${show(layer)}`);
    this.#layers = layers;
  }

  override *namedChildren(): Generator<[string, Module]> {
    for (const [i, layer] of this.#layers.entries()) yield [String(i), layer];
  }

  get length(): number {
    return this.#layers.length;
  }

  at(index: number): Module | undefined {
    return this.#layers.at(index);
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#layers[Symbol.iterator]();
  }

  override forward(x: Tensor): Tensor {
    return this.#layers.reduce((y, layer) => layer.forward(y), x);
  }
}
