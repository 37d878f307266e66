import { stridesOf } from "../../../../core/shape.ts";
import { joinAxes } from "../../../../plan/axes.ts";
import type { MapAttributes } from "../../../../plan/plan.ts";
import {
  doWhile,
  type FunctionReference,
  get,
  type I32,
  increase,
  perform,
  type Statement,
  set,
} from "../../assembler/index.ts";
import type { Emission, EmitKernel } from "../../emission.ts";
import { type RowInput, rowFunction } from "./row.ts";

/** out[i…] = body(inputs at i…) in float32: loops over the axes that no row covers, around the function of one row. */
export const emitMap: EmitKernel<MapAttributes> = (emission, attributes, { inputs, out, inputTypes, outType }) => {
  const { shape, strides, body } = attributes;
  if ([outType, ...inputTypes].some((type) => type !== "float32")) return null;
  if (shape.includes(0)) return [];
  const nest = nestOf(shape, strides);
  const row = rowOf(emission, nest, body);
  if (nest.lengths.length === 1) return row(out, ...inputs);
  const key = `map ${JSON.stringify([nest, body])}`;
  return perform(
    emission.shared(key, () => emitLoops(emission, nest, row)),
    out,
    ...inputs,
  );
};

type Row = (out: I32, ...inputs: I32[]) => Statement;

/** The axes in the order of the loops, the row last; byte strides of the output, then of each input. */
interface Nest {
  readonly lengths: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Rows shorter than this lose to longer ones along another axis, although those are stored element by element. */
const SHORT = 4;

function nestOf(shape: readonly number[], inputStrides: readonly (readonly number[])[]): Nest {
  const joined = joinAxes({ shape, strides: [stridesOf(shape), ...inputStrides] });
  const { shape: lengths, strides } = joined;
  if (lengths.length === 0) return { lengths: [1], strides: strides.map(() => [4]) };
  const longest = lengths.indexOf(Math.max(...lengths));
  const row = lengths.at(-1)! < SHORT ? longest : lengths.length - 1;
  const rowLast = <T>(list: readonly T[]): T[] => [...list.slice(0, row), ...list.slice(row + 1), list[row]!];
  return { lengths: rowLast(lengths), strides: strides.map((s) => rowLast(s).map((stride) => 4 * stride)) };
}

/** The call that computes one row from its addresses. */
function rowOf(emission: Emission, { lengths, strides }: Nest, body: MapAttributes["body"]): Row {
  const [outStep, ...steps] = strides.map((s) => s.at(-1)!) as [number, ...number[]];
  const kinds = steps.map((step): RowInput => (step === 0 ? "scalar" : step === 4 ? "vector" : "strided"));
  const outKind = outStep === 4 ? "vector" : "strided";
  const row = rowFunction(emission, body, kinds, outKind);
  const given = [...steps, outStep].filter((_, i) => [...kinds, outKind][i] === "strided");
  return (out, ...inputs) => perform(row, out, lengths.at(-1)!, ...inputs, ...given);
}

/** A function (out, in₀, in₁, …) that computes every row. */
function emitLoops(emission: Emission, { lengths, strides }: Nest, row: Row): FunctionReference<null> {
  const parameters = strides.map(() => "i32" as const);
  return emission.module.function({ parameters }, (builder, ...addresses) => {
    const [out, ...inputs] = addresses.map(get) as [I32, ...I32[]];
    let code = row(out, ...inputs);
    /** Bytes that the loops inside have moved each address by. */
    let moved = strides.map(() => 0);
    for (let axis = lengths.length - 2; axis >= 0; axis--) {
      const length = lengths[axis]!;
      const left = builder.local("i32");
      const steps = strides.map((s, i) => s[axis]! - moved[i]!);
      const advance = steps.map((step, i) => (step === 0 ? [] : increase(addresses[i]!, step)));
      code = [set(left, length), doWhile(get(left), code, advance, increase(left, -1))];
      moved = strides.map((s) => s[axis]! * length);
    }
    return code;
  });
}
