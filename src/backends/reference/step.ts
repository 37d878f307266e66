import { allocate, dtypeOf, type TypedArray } from "../../core/dtype.ts";
import type { MapAttributes, Step } from "../../plan/plan.ts";
import { elementwise } from "./elementwise.ts";
import { runKernel } from "./kernels.ts";

/** Runs one step of a plan, whatever the element types: for backends that have no kernel of their own for it. */
export function runStep({ call, epilogue }: Step, inputs: readonly TypedArray[], out: TypedArray): void {
  out.fill((out instanceof BigInt64Array ? 0n : 0) as never);
  if (call.kernel === "map") {
    runMap(call.attributes, inputs, out);
    return;
  }
  if (!epilogue) {
    runKernel(call, inputs, out);
    return;
  }
  const own = inputs.length - (epilogue.strides.length - 1);
  const result = allocate(dtypeOf(out)!, out.length);
  runKernel(call, inputs.slice(0, own), result);
  runMap(epilogue, [result, ...inputs.slice(own)], out);
}

function runMap({ shape, strides, body }: MapAttributes, inputs: readonly TypedArray[], out: TypedArray): void {
  const values = [...inputs];
  const moves = [...strides];
  const contiguous = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  for (const [i, { fn, arguments: operands }] of body.entries()) {
    const result = i === body.length - 1 ? out : allocate(dtypeOf(out)!, out.length);
    const attributes = { fn, shape, strides: operands.map((operand) => moves[operand]!) };
    elementwise(
      attributes,
      operands.map((operand) => values[operand]!),
      result,
    );
    values.push(result);
    moves.push(contiguous);
  }
}
