import { OptionTypeError } from "../core/errors.ts";
import { checkOptions, show } from "../core/options.ts";
import type { Tensor } from "../graph/tensor.ts";
import { flatten } from "../ops/shape/reshape.ts";
import { Module } from "./module.ts";

export interface FlattenOptions {
  /** First axis to join. Default 1: the batch stays. */
  startDim?: number;
  /** Last axis to join. Default −1. */
  endDim?: number;
}

/**
 * Joins neighbouring axes into one: `(N, C, L)` to `(N, C·L)`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(options: FlattenOptions = {}) {
    super();
    checkOptions("Flatten", options, ["startDim", "endDim"]);
    const { startDim = 1, endDim = -1 } = options;
    this.startDim = checkAxis("startDim", startDim);
    this.endDim = checkAxis("endDim", endDim);
  }

  override forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }

  protected override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

function checkAxis(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new OptionTypeError(`Flatten: ${name} must be an integer, got ${show(value)}`);
}
