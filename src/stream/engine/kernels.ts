import { noGrad } from "../../graph/mode.ts";
import { Tensor } from "../../graph/tensor.ts";
import type { KernelOutput, Workspace, WorkspaceKernel } from "../../graph/workspace.ts";
import type { ConvAttributes } from "../../ops/convolution/kernels.ts";
import { opNamed } from "../../ops/registry.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { slice } from "../../ops/shape/slice.ts";
import { movedAxis } from "../../ops/shape/transpose.ts";
import type { Instruction, KernelProcess, Reading, Reference } from "../network.ts";
import { kernelRule } from "../rules/index.ts";
import { unitsOf } from "./layout.ts";

/** What makes `count` units of a process at once, from rows of the given lengths (by tape) into such rows. */
export function compileUnits(
  workspace: Workspace,
  process: KernelProcess,
  fixed: readonly Tensor[],
  capacities: readonly number[],
  rows: readonly number[],
  count: number,
): WorkspaceKernel {
  const length = count * unitsOf(process).size;
  const inputs = process.readings.map(
    ({ signal: { tape } }) => new Tensor({ shape: [rows[tape]!, capacities[tape]!], dtype: "float32" }),
  );
  return noGrad(() => {
    const read = process.readings.map((reading, i) => {
      const isState = i === process.state?.reading;
      return asRead(reading, inputs[i]!, isState ? 1 : count * reading.step + reading.extra);
    });
    const body: Tensor[] = [];
    const operand = ([kind, index]: Reference): Tensor =>
      kind === "reading" ? read[index]! : kind === "fixed" ? fixed[index]! : body[index]!;
    for (const instruction of process.body) {
      if (instruction.op !== "rule") body.push(carryOut(instruction, instruction.inputs.map(operand), length));
      else {
        const weights = process.weights.map((index) => fixed[index]!);
        const before = process.state ? [read[process.state.reading]!] : [];
        body.push(
          kernelRule(process.rule!).build(process.parameters, operand(instruction.inputs[0]!), weights, count, before),
        );
      }
    }
    const outputs = process.outputs.map(({ of, tape }): KernelOutput => {
      const instruction = process.body[of[1]]!;
      const node = reshape(movedAxis(operand(of), instruction.time, -1), [rows[tape]!, length]);
      return { node, rows: rows[tape]!, pitch: capacities[tape]! };
    });
    return workspace.compile(outputs, inputs);
  });
}

/** The first `width` samples of a row, in the form that the network has them in. */
function asRead({ shape, time, whole }: Reading, row: Tensor, width: number): Tensor {
  const others = shape.toSpliced(time, 1);
  if (whole) return reshape(row, [...others, row.shape[1]!]);
  return movedAxis(reshape(slice(row, 1, 0, width), [...others, width]), -1, time);
}

/** An operation at `length` moments. */
function carryOut(
  { op, attributes, shape, time, dtype }: Instruction,
  inputs: readonly Tensor[],
  length: number,
): Tensor {
  const here = time < 0 ? shape : shape.with(time, length);
  const known =
    op === "conv1d" || op === "conv1dInput"
      ? geometryAt(op, attributes as ConvAttributes, inputs[0]!, here)
      : attributes;
  return new Tensor({ op: opNamed(op), inputs, attributes: known, shape: here, dtype });
}

/** A convolution moment by moment, along its batch or with one tap. */
function geometryAt(
  op: string,
  attributes: ConvAttributes,
  { shape }: Tensor,
  result: readonly number[],
): ConvAttributes {
  const [xLength, gLength] = op === "conv1d" ? [shape[2]!, result[2]!] : [result[2]!, shape[2]!];
  return { ...attributes, batch: shape[0]!, xLength, gLength };
}
