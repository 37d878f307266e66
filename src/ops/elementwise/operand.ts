import { allocate, checkFloat, type DType, elementOf } from "../../core/dtype.ts";
import { DTypeError, OptionTypeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { makeLeaf, Tensor } from "../../graph/tensor.ts";

/** What arithmetic accepts beside a tensor. A number takes the element type of the tensor it meets. */
export type Operand = Tensor | number;

/** `demand` says what is expected of which argument, where there are several. */
export function checkTensor(op: string, value: unknown, demand = "expected a tensor"): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw new OptionTypeError(`${op}: ${demand}, got ${show(value)}`);
}

/** A tensor that is to be computed with in ways that integers do not know. */
export function checkFloatTensor(op: string, value: unknown): asserts value is Tensor {
  checkTensor(op, value);
  checkFloat(op, value.dtype);
}

/** Two tensors of one element type. */
export function checkSameDType(op: string, a: Tensor, b: Tensor): void {
  if (a.dtype !== b.dtype)
    throw new DTypeError(`${op}: ${a.dtype} and ${b.dtype} do not mix; convert one with .to("${a.dtype}")`);
}

/** A tensor such as a weight, of the element type of the input x that it goes with. */
export function checkCompanionDType(op: string, name: string, tensor: Tensor, x: Tensor): void {
  if (tensor.dtype !== x.dtype)
    throw new DTypeError(
      `${op}: input (${x.dtype}) and ${name} (${tensor.dtype}) must have one dtype; convert one with .to(…)`,
    );
}

/** A tensor without axes; `op` is who needs it. @throws OptionError for a number that an integer type cannot hold */
export function scalar(value: number, dtype: DType, op = "scalar"): Tensor {
  const data = allocate(dtype, 1);
  data[0] = elementOf(op, value, dtype);
  return makeLeaf(data, [], dtype);
}

/** Operands as tensors of one element type; at least one of them is a tensor, and of a float type unless `integers` are known. */
export function toTensors(op: string, operands: readonly Operand[], integers = true): Tensor[] {
  const first = operands.find((operand) => operand instanceof Tensor);
  if (!first) throw new OptionTypeError(`${op}: expected a tensor, got ${operands.map(show).join(" and ")}`);
  if (!integers) checkFloat(op, first.dtype);
  return operands.map((operand) => {
    if (typeof operand === "number") return scalar(operand, first.dtype, op);
    checkTensor(op, operand);
    checkSameDType(op, first, operand);
    return operand;
  });
}
