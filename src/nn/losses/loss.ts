import { Tensor } from "../../graph/tensor.ts";
import { tensor } from "../../ops/create.ts";
import { isGiven, type Numbers } from "../../ops/losses/operands.ts";
import { checkReduction, type LossOptions } from "../../ops/losses/reduction.ts";
import { Module } from "../module.ts";

/** A loss as a layer: a function of an input and a target, with options that are checked once. */
export abstract class Loss<O extends LossOptions = LossOptions> extends Module<[Tensor, Tensor]> {
  readonly options: Readonly<O>;

  constructor(options: O = {} as O, also: readonly string[] = []) {
    super();
    checkReduction(this.constructor.name, options, also);
    this.options = { ...options };
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;

  /** Keeps a weight as a buffer under PyTorch's name, if there is one. Plain numbers become float32. */
  protected keep(name: string, values: Tensor | Numbers | null | undefined): void {
    if (isGiven(values)) this.registerBuffer(name, values instanceof Tensor ? values : tensor(values));
  }

  /** What `keep` kept, or what was loaded in its place. */
  protected kept(name: string): Tensor | null {
    return new Map(this.ownBuffers()).get(name) ?? null;
  }
}
