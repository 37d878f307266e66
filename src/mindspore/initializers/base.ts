import type { Parameter } from "../../graph/parameter.ts";

/**
 * How a parameter starts; MindSpore's `Initializer`. Subclasses fill a parameter in place, with `nn.init` or `assign`. Draws come
 * from the default generator (`manualSeed`), so they are PyTorch's numbers where there is such an initialiser in PyTorch, and never
 * those of MindSpore, which has a Philox stream seeded by NumPy.
 */
export abstract class Initializer {
  abstract fill(parameter: Parameter): void;

  /** As Python prints an object, without the address. */
  toString(): string {
    return `<mindspore.common.initializer.${this.constructor.name} object>`;
  }
}
