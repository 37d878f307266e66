import { stridesOf } from "../../../../core/shape.ts";
import { joinAxes } from "../../../../plan/axes.ts";
import type { MapAttributes } from "../../../../plan/plan.ts";
import { doWhile, get, i32, increase, perform, type Statement, set } from "../../assembler/index.ts";
import type { Emission, EmitKernel } from "../../emission.ts";
import { functions } from "./functions.ts";
import { type RowInput, rowFunction } from "./row.ts";

/** out[i…] = body(inputs at i…) in float32: loops over the axes that no row covers, around the function of one row. */
export const emitMap: EmitKernel<MapAttributes> = (emission, attributes, { inputs, out, inputTypes, outType }) => {
  const { shape, strides, body } = attributes;
  if ([outType, ...inputTypes].some((type) => type !== "float32")) return null;
  if (body.some(({ fn }) => !functions[fn])) return null;
  if (shape.includes(0)) return [];
  const nest = nestOf(shape, strides);
  const key = `map ${JSON.stringify([nest, body])}`;
  const loops = emission.shared(key, () => emitNest(emission, nest, body));
  return perform(loops, out, ...inputs);
};

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

function emitNest(emission: Emission, { lengths, strides }: Nest, body: MapAttributes["body"]) {
  const [outStep, ...steps] = strides.map((s) => s.at(-1)!);
  const kinds = steps.map((step): RowInput => (step === 0 ? "scalar" : step === 4 ? "vector" : "strided"));
  const row = rowFunction(emission, body, kinds, outStep === 4 ? "vector" : "strided");
  const given = [...steps.filter((_, i) => kinds[i] === "strided"), ...(outStep === 4 ? [] : [outStep!])];
  const parameters = strides.map(() => "i32" as const);
  return emission.module.function({ parameters }, (builder, ...addresses) => {
    const [out, ...inputs] = addresses.map(get);
    const count = i32.const(lengths.at(-1)!);
    let code: Statement = perform(row, out!, count, ...inputs, ...given.map((step) => i32.const(step)));
    for (let axis = lengths.length - 2; axis >= 0; axis--) {
      const left = builder.local("i32");
      // The loop inside has moved each address by the whole of its axis.
      const inner = (s: readonly number[]): number =>
        axis === lengths.length - 2 ? 0 : s[axis + 1]! * lengths[axis + 1]!;
      const moves = strides.map((s) => s[axis]! - inner(s));
      const advance = moves.map((move, i) => (move === 0 ? [] : increase(addresses[i]!, move)));
      code = [set(left, i32.const(lengths[axis]!)), doWhile(get(left), code, advance, increase(left, -1))];
    }
    return code;
  });
}
