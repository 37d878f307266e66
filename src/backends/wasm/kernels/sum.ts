import type { Kernels } from "../../../core/kernels.ts";
import { sizeOf } from "../../../core/shape.ts";
import {
  call,
  type F64,
  type FunctionBuilder,
  f32,
  f64,
  fillMemory,
  get,
  increase,
  type Local,
  perform,
  type Statement,
  set,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { type Axis, fewestAxes } from "./indices/axes.ts";
import { addForward } from "./loops/additions.ts";
import { nest, times } from "./loops/counting.ts";
import { SHORT } from "./loops/moves.ts";
import { addRows, rounded, rowTotal, shortTotal } from "./loops/totals.ts";

/** Columns summed at a time, so that their totals stay in the first-level cache: 8 kB. */
const COLUMNS = 1024;
/** Numbers per call of the innermost loop: an engine improves a function for its next call, never for the one that runs. */
const STRETCH = 8192;

/**
 * out[Σ i·outStride] = Σ x[i…], in double, rounded once. Down columns the order is the reference's, and so are the bits; along rows
 * there are several partial sums.
 */
export const emitSum: EmitKernel<Kernels["sum"]> = (emission, { shape, outStrides }, { inputs: [x], out, outType }) => {
  if (outType !== "float32") return null;
  const axes = fewestAxes(shape, [outStrides]);
  const outSize = keptSize(shape, outStrides);
  if (outSize === 0) return [];
  if (sizeOf(shape) === 0) return fillMemory(out, 0, 4 * outSize);
  if (!isContiguous(axes)) return null;
  const [first] = axes;
  const outer = first && isKept(first) && axes.length > 1 ? first.length : 1;
  const inner = outer > 1 ? axes.slice(1) : axes;
  const totals = outSize / outer;
  const kept = inner.length === 2 ? Math.min(totals, COLUMNS) : totals;
  const scratch = inner.length > 1 ? emission.scratch(8 * kept) : 0;
  const sum = emission.shared(`sum ${axes.map(({ length, strides }) => [length, ...strides].join(" "))}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, scratch) =>
      times(
        builder,
        outer,
        sumAxes(emission, builder, inner, to, from, scratch),
        increase(to, 4 * totals),
        increase(from, 4 * sizeOf(inner.map(({ length }) => length))),
      ),
    ),
  );
  return perform(sum, out, x!, scratch);
};

const isKept = ({ strides }: Axis): boolean => strides[0] !== 0;

const keptSize = (shape: readonly number[], outStrides: readonly number[]): number =>
  sizeOf(shape.filter((_, axis) => outStrides[axis] !== 0));

/** Whether the axes that stay follow each other in `out` as in `x`. */
function isContiguous(axes: readonly Axis[]): boolean {
  let size = 1;
  return axes
    .filter(isKept)
    .toReversed()
    .every(({ length, strides }) => {
      const follows = strides[0] === size;
      size *= length;
      return follows;
    });
}

/** Sums over axes of which the first, if there are two or more, is not kept. Leaves the pointers as they are. */
function sumAxes(
  emission: Emission,
  builder: FunctionBuilder,
  axes: readonly Axis[],
  to: Local<"i32">,
  from: Local<"i32">,
  totals: Local<"i32">,
): Statement {
  const [axis] = axes;
  if (!axis || (axes.length === 1 && isKept(axis)))
    return perform(addForward(emission, "start"), get(to), get(from), axis?.length ?? 1);
  if (axes.length === 1) return sumRow(emission, builder, axis.length, to, from);
  if (axes.length === 2) return sumColumns(emission, builder, axis.length, axes[1]!.length, to, from, totals);
  return sumInto(emission, builder, axes, to, from, totals);
}

/** One total over `length` numbers. */
function sumRow(
  emission: Emission,
  builder: FunctionBuilder,
  length: number,
  to: Local<"i32">,
  from: Local<"i32">,
): Statement {
  const rounding = (total: F64): Statement => f32.store(get(to), f32.demoteF64(total));
  if (length <= SHORT) return rounding(shortTotal(from, length));
  const of = (from: Local<"i32">, count: number): F64 => call(rowTotal(emission), get(from), count);
  if (length <= STRETCH) return rounding(of(from, length));
  const [total, place] = [builder.local("f64"), builder.local("i32")];
  return [
    set(total, f64.const(0)),
    set(place, get(from)),
    times(
      builder,
      Math.floor(length / STRETCH),
      set(total, f64.add(get(total), of(place, STRETCH))),
      increase(place, 4 * STRETCH),
    ),
    rounding(f64.add(get(total), of(place, length % STRETCH))),
  ];
}

/** Totals of `columns` numbers over `rows` rows. */
function sumColumns(
  emission: Emission,
  builder: FunctionBuilder,
  rows: number,
  columns: number,
  to: Local<"i32">,
  from: Local<"i32">,
  totals: Local<"i32">,
): Statement {
  const [target, start, place] = builder.locals("i32", 3);
  const pitch = 4 * columns;
  const part = (count: number): Statement => {
    const add = (at: number): Statement => [
      perform(addRows(emission, at), get(totals), get(place), count, pitch),
      increase(place, at * pitch),
    ];
    return [
      fillMemory(get(totals), 0, 8 * count),
      set(place, get(start)),
      times(builder, rows >> 2, add(4)),
      times(builder, rows & 3, add(1)),
      perform(rounded(emission), get(target), get(totals), count),
      increase(target, 4 * count),
      increase(start, 4 * count),
    ];
  };
  return [
    set(target, get(to)),
    set(start, get(from)),
    times(builder, Math.floor(columns / COLUMNS), part(COLUMNS)),
    columns % COLUMNS > 0 ? part(columns % COLUMNS) : [],
  ];
}

/** Totals in memory over any axes. */
function sumInto(
  emission: Emission,
  builder: FunctionBuilder,
  axes: readonly Axis[],
  to: Local<"i32">,
  from: Local<"i32">,
  totals: Local<"i32">,
): Statement {
  const lengths = axes.map(({ length }) => length);
  const last = axes.at(-1)!;
  const [total, place] = builder.locals("i32", 2);
  const moves = [
    { pointer: total, strides: axes.map(({ strides }) => 8 * strides[0]!) },
    { pointer: place, strides: axes.map((_, axis) => 4 * sizeOf(lengths.slice(axis + 1))) },
  ];
  const outer = moves.map(({ pointer, strides }) => ({ pointer, strides: strides.slice(0, -1) }));
  const count = last.length;
  const row = isKept(last)
    ? perform(addRows(emission, 1), get(total), get(place), count, 0)
    : f64.store(get(total), f64.add(f64.load(get(total)), call(rowTotal(emission), get(place), count)));
  const size = sizeOf(axes.filter(isKept).map(({ length }) => length));
  return [
    fillMemory(get(totals), 0, 8 * size),
    set(total, get(totals)),
    set(place, get(from)),
    nest(builder, lengths.slice(0, -1), outer, row),
    perform(rounded(emission), get(to), get(totals), size),
  ];
}
