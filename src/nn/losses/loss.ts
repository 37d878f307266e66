import { isGiven } from "../../core/options.ts";
import { Tensor } from "../../graph/tensor.ts";
import { tensor } from "../../ops/create.ts";
import type { Numbers } from "../../ops/losses/operands.ts";
import { checkReduction, type LossOptions } from "../../ops/losses/reduction.ts";
import { Module } from "../module.ts";

/** What becomes a buffer. */
interface Weights {
  weight?: unknown;
  posWeight?: unknown;
}

/** A loss as a layer: a function of an input and a target, with options that are checked once. */
export abstract class Loss<O extends LossOptions & Weights = LossOptions> extends Module<[Tensor, Tensor]> {
  /** All but the weights, which are buffers. */
  readonly options: Readonly<Omit<O, keyof Weights>>;

  constructor(options: O = {} as O, also: readonly string[] = []) {
    super();
    checkReduction(this.constructor.name, options, also);
    const { weight: _weight, posWeight: _posWeight, ...rest } = options;
    this.options = rest;
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;

  /** Keeps a weight as a buffer under PyTorch's name, if there is one. Plain numbers become float32. */
  protected keep(name: string, values: Tensor | Numbers | null | undefined): void {
    if (isGiven(values)) this.registerBuffer(name, values instanceof Tensor ? values : tensor(values));
  }

  /** What `keep` kept, or what was loaded in its place. */
  protected kept(name: string): Tensor | null {
    return this.ownBuffers().get(name) ?? null;
  }
}
