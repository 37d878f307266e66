import { ShapeError } from "../../core/errors.ts";
import { resolveAxis, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { sigmoid } from "../elementwise/unary.ts";
import { slice } from "../shape/slice.ts";

/**
 * `a · σ(b)`, a and b the two halves of `x` along axis `dim`, by default the last; for channels of `(N, C, L)` say 1.
 *
 * Dauphin et al. 2017, https://arxiv.org/abs/1612.08083
 * @throws ShapeError when the axis cannot be halved
 */
export function glu(x: Tensor, dim = -1): Tensor {
  checkFloatTensor("glu", x);
  const axis = resolveAxis("glu", dim, x.rank);
  const length = x.shape[axis]!;
  if (length % 2 !== 0)
    throw new ShapeError(`glu: the length of axis ${axis} must be even, got ${length} in shape ${showShape(x.shape)}`);
  return mul(slice(x, axis, 0, length / 2), sigmoid(slice(x, axis, length / 2)));
}
