import { checkFloat } from "../core/dtype.ts";
import { DTypeError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { checkBoolean, checkOptions, show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { Tensor } from "./tensor.ts";

function checkValue(value: unknown): void {
  if (!(value instanceof Tensor)) throw new OptionTypeError(`Parameter: expected a tensor, got ${show(value)}`);
}

/**
 * A trained tensor of a module: a name for a value that changes. Expressions are built on the value it has at that moment, so a
 * result computed after an optimizer step, but built before it, still has the old weights.
 */
export class Parameter extends Tensor {
  #current: Tensor;

  constructor(initial: Tensor, options: { requiresGrad?: boolean } = {}) {
    checkOptions("Parameter", options, ["requiresGrad"]);
    checkValue(initial);
    const requiresGrad = checkBoolean("Parameter", "requiresGrad", options.requiresGrad ?? true);
    if (requiresGrad) checkFloat("Parameter", initial.dtype);
    super({ shape: initial.shape, dtype: initial.dtype });
    this.#current = this.#leaf(initial, requiresGrad);
  }

  /** Whether it is trained. A parameter that is not (`false`) is frozen: expressions built from now on give it no gradient. */
  override get requiresGrad(): boolean {
    return this.#current.requiresGrad;
  }

  override set requiresGrad(wanted: boolean) {
    checkBoolean("Parameter", "requiresGrad", wanted);
    if (wanted) checkFloat("Parameter", this.dtype);
    this.#current = this.#leaf(this.#current, wanted);
  }

  override node(): Tensor {
    return this.#current;
  }

  /** Replaces the value. Shape and dtype stay. */
  assign(next: Tensor): void {
    checkValue(next);
    if (!sameShape(next.shape, this.shape))
      throw new ShapeError(`Parameter: cannot assign shape ${showShape(next.shape)} to shape ${showShape(this.shape)}`);
    if (next.dtype !== this.dtype)
      throw new DTypeError(
        `Parameter: cannot assign ${next.dtype} to ${this.dtype}; convert it with .to("${this.dtype}")`,
      );
    this.#current = this.#leaf(next, this.requiresGrad);
  }

  #leaf(source: Tensor, requiresGrad: boolean): Tensor {
    const { shape, dtype } = this;
    const { op, inputs, attributes, value } = source.node();
    return new Tensor({ op, inputs, attributes, value, shape, dtype, requiresGrad, owner: this });
  }

  override toString(): string {
    return `Parameter(shape ${showShape(this.shape)}, ${this.dtype})`;
  }
}
