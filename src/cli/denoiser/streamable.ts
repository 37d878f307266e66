import { ShapeError } from "../../core/errors.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { MaskNetwork } from "./maskNetwork.ts";

/**
 * A denoiser as `stream` takes it. How a network keeps time shows in what differs between signals of several lengths; those that are
 * shorter than a few frames have as many frames each, so they are left out.
 */
export function streamable(net: MaskNetwork): (x: Tensor) => Tensor {
  const least = 4 * net.options.hop;
  return (x) => {
    const length = x.shape.at(-1)!;
    if (length < least) throw new ShapeError(`MaskNetwork: ${length} samples are less than ${least}`);
    return net.forward(x);
  };
}
