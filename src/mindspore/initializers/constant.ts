import { checkNumber } from "../../core/options.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { constant } from "../../nn/init/index.ts";
import { Initializer } from "./base.ts";

/** 0 everywhere: `"zero"`, `"zeros"`. */
export class Zero extends Initializer {
  override fill(parameter: Parameter): void {
    constant(parameter, 0);
  }
}

/** 1 everywhere: `"one"`, `"ones"`. */
export class One extends Initializer {
  override fill(parameter: Parameter): void {
    constant(parameter, 1);
  }
}

/** One number everywhere. It has no name: `"constant"` is refused, a plain number means it. */
export class Constant extends Initializer {
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = checkNumber("Constant", "value", value);
  }

  override fill(parameter: Parameter): void {
    constant(parameter, this.value);
  }
}
