import { ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, mul } from "../elementwise/binary.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { sin } from "../elementwise/unary.ts";
import { reshape } from "../shape/reshape.ts";

/**
 * `x + sin²(alpha·x) / (alpha + 1e-9)`, periodic and rising, with one learned frequency per channel.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`, alpha `(1, C, 1)` as in checkpoints, or any other of C elements.
 *
 * Ziyin et al. 2020, https://arxiv.org/abs/2006.08195, in the form of
 * https://github.com/descriptinc/descript-audio-codec (dac/nn/layers.py)
 */
export function snake(x: Tensor, alpha: Tensor): Tensor {
  checkFloatTensor("snake", x);
  checkFloatTensor("snake", alpha);
  const channels = x.shape.at(-2);
  if (channels === undefined || x.rank > 3)
    throw new ShapeError(`snake: expected x of shape (N, C, L) or (C, L), got ${showShape(x.shape)}`);
  if (alpha.size !== channels)
    throw new ShapeError(
      `snake: alpha of shape ${showShape(alpha.shape)} must hold one number for each of the ${channels} channels of x ${showShape(x.shape)}`,
    );
  const frequency = reshape(alpha, [channels, 1]);
  const wave = sin(mul(frequency, x));
  return add(x, div(mul(wave, wave), add(frequency, 1e-9)));
}
