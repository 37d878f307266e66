import type { Tensor } from "../../graph/tensor.ts";
import { Module } from "../module.ts";

/**
 * Hands its input on; whatever it is constructed with is ignored, so that it can stand in for any layer.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
 */
export class Identity extends Module {
  constructor(..._ignored: unknown[]) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return x;
  }
}
