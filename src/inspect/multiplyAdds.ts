import type { Conv1dGeometry } from "../core/geometry.ts";
import type { Op } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * The multiply-adds of a node of a graph: those of convolutions (matrix products among them) and recurrences. Everything else does a few
 * operations for each element, and counts nothing here, as usual. Taps beside the signal are counted; they are multiplied, too.
 */
export function multiplyAdds(node: Tensor): number {
  if (!node.op) return 0;
  const { kernel, attributes } = (node.op as unknown as Op<unknown>).lower(node, node.attributes);
  switch (kernel) {
    case "conv1d":
    case "conv1dInput":
    case "conv1dWeight":
      return ofConvolution(attributes);
    case "recurrence": {
      const { batch, hidden, length, parts } = attributes;
      const gates = parts.reduce((sum, { from, to }) => sum + to - from, 0);
      return batch * length * gates * hidden * hidden;
    }
    default:
      return 0;
  }
}

/** One for each weight and each moment of the short side. */
const ofConvolution = ({ batch, inChannels, outChannels, groups, kernelSize, gLength }: Conv1dGeometry): number =>
  batch * gLength * outChannels * (inChannels / groups) * kernelSize;
