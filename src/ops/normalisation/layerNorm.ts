import { OptionError, ShapeError } from "../../core/errors.ts";
import { checkInteger, checkOptions, show } from "../../core/options.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { checkFloatTensor } from "../elementwise/operand.ts";
import { checkSignal } from "../signal.ts";
import { type AffineOptions, affine, checkAffine, checkEps, standardise } from "./standardise.ts";

/**
 * Normalises over the last axes, whose lengths are `normalizedShape`: `y = (x − mean) / √(variance + eps) · weight + bias`.
 *
 * Shapes: x `(…, ...normalizedShape)`, weight and bias `normalizedShape`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function layerNorm(x: Tensor, normalizedShape: number | readonly number[], options: AffineOptions = {}): Tensor {
  checkOptions("layerNorm", options, ["weight", "bias", "eps"]);
  return normaliseLast("layerNorm", x, checkNormalizedShape("layerNorm", normalizedShape), options);
}

/** `4` means `[4]`. */
export function checkNormalizedShape(op: string, shape: unknown): number[] {
  const lengths = Array.isArray(shape) ? shape : [shape];
  if (lengths.length === 0)
    throw new OptionError(`${op}: normalizedShape must name at least one axis, got ${show(shape)}`);
  return lengths.map((length) => checkInteger(op, "normalizedShape", length, 1));
}

/** As `layerNorm`; `op` names the caller in errors. */
export function normaliseLast(op: string, x: Tensor, shape: readonly number[], options: AffineOptions): Tensor {
  const eps = checkEps(op, options.eps);
  checkFloatTensor(op, x);
  const first = x.rank - shape.length;
  if (first < 0 || !sameShape(x.shape.slice(first), shape))
    throw new ShapeError(
      `${op}: Given normalizedShape=${showShape(shape)}, expected input with shape [*, ${shape.join(", ")}], but got input of size ${showShape(x.shape)}`,
    );
  checkAffine(op, options, shape, x);
  const axes = shape.map((_, i) => first + i);
  return composed("layerNorm", [x], { eps }, affine(standardise(x, axes, eps).y, options, shape));
}

/**
 * Normalises the channels at every sample: `layerNorm` over C of `(N, C, L)` or `(C, L)`, weight and bias `(C)`. What PyTorch
 * networks write as transpose, LayerNorm, transpose; looks at no other sample, so it streams.
 *
 * @throws ShapeError, OptionError, DTypeError
 */
export function channelNorm(x: Tensor, options: AffineOptions = {}): Tensor {
  checkOptions("channelNorm", options, ["weight", "bias", "eps"]);
  return normaliseChannels("channelNorm", x, options);
}

/** As `channelNorm`; `op` names the caller in errors. */
export function normaliseChannels(op: string, x: Tensor, options: AffineOptions): Tensor {
  const eps = checkEps(op, options.eps);
  checkSignal(op, x);
  const channels = x.shape.at(-2)!;
  checkAffine(op, options, [channels], x);
  return affine(standardise(x, [x.rank - 2], eps).y, options, [channels, 1]);
}
