import { checkFloat } from "../../core/dtype.ts";
import { OptionError, ShapeError } from "../../core/errors.ts";
import { isGiven } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkCompanionDType, checkTensor } from "../elementwise/operand.ts";
import { checkSignalRank } from "../signal.ts";

/** Channels of a weight `(first, second, kernelSize)`: `first` belongs to the short side g, `second · groups` to the long side x. */
export interface WeightChannels {
  readonly first: number;
  readonly second: number;
  readonly kernelSize: number;
}

/** Checks input, weight and bias against each other, in PyTorch's order: rank, dtype, weight and groups, channels, bias. */
export function checkOperands(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  groups: number,
  channels: (weight: WeightChannels) => { readonly input: number; readonly output: number },
): WeightChannels {
  checkTensor(op, x, "the input must be a tensor");
  checkTensor(op, weight, "the weight must be a tensor");
  if (isGiven(bias)) checkTensor(op, bias, "the bias must be a tensor or null; options come after it");
  checkSignalRank(op, x);
  checkFloat(op, x.dtype);
  checkCompanionDType(op, "weight", weight, x);
  if (bias) checkCompanionDType(op, "bias", bias, x);
  if (weight.rank !== 3)
    throw new ShapeError(
      `${op}: the weight must have 3 axes (channels, channels / groups, kernelSize), got shape ${showShape(weight.shape)}`,
    );
  const [first, second, kernelSize] = weight.shape as [number, number, number];
  if (kernelSize < 1 || first < 1 || second < 1)
    throw new ShapeError(`${op}: every length of the weight must be at least 1, got shape ${showShape(weight.shape)}`);
  if (first % groups !== 0)
    throw new OptionError(
      `${op}: the first length ${first} of the weight (shape ${showShape(weight.shape)}) must be divisible by groups ${groups}`,
    );
  const { input, output } = channels({ first, second, kernelSize });
  if (x.shape.at(-2) !== input)
    throw new ShapeError(
      `${op}: expected ${input} input channels (weight ${showShape(weight.shape)}, groups ${groups}), got ${x.shape.at(-2)} (input ${showShape(x.shape)})`,
    );
  if (bias && (bias.rank !== 1 || bias.shape[0] !== output))
    throw new ShapeError(
      `${op}: the bias must have shape [${output}], one element per output channel, got ${showShape(bias.shape)}`,
    );
  return { first, second, kernelSize };
}
