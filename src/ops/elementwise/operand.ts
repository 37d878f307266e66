import type { DType } from "../../core/dtype.ts";
import { allocate } from "../../core/dtype.ts";
import { DTypeError, OptionTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { makeLeaf, Tensor } from "../../graph/tensor.ts";

/** What arithmetic accepts beside a tensor. A number takes the element type of the tensor it meets. */
export type Operand = Tensor | number;

export function checkTensor(op: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw new OptionTypeError(`${op}: expected a tensor, got ${show(value)}`);
}

/** A tensor without axes. */
export function scalar(value: number, dtype: DType): Tensor {
  const data = allocate(dtype, 1);
  data[0] = dtype === "int64" ? BigInt(value) : value;
  return makeLeaf(data, [], dtype);
}

/** Operands as tensors of one element type; at least one of them is a tensor. */
export function toTensors(op: string, operands: readonly Operand[]): Tensor[] {
  const first = operands.find((operand) => operand instanceof Tensor);
  if (!first) throw new OptionTypeError(`${op}: expected a tensor, got ${operands.map(show).join(" and ")}`);
  return operands.map((operand) => {
    if (typeof operand === "number") return scalar(operand, first.dtype);
    checkTensor(op, operand);
    if (operand.dtype !== first.dtype)
      throw new DTypeError(
        `${op}: ${first.dtype} and ${operand.dtype} do not mix; convert one with .to("${first.dtype}")`,
      );
    return operand;
  });
}
