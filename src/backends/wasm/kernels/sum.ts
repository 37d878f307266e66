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
import { addRows, rounded, rowTotal } from "./loops/totals.ts";

/** Rows summed at a time, so that totals are read and written back once for all of them. */
const ROWS = 8;

/**
 * out[Σ i·outStride] = Σ x[i…], in double, rounded once. Down columns the order is the reference's, and so are the bits; along rows
 * there are several partial sums.
 */
export const emitSum: EmitKernel<Kernels["sum"]> = (emission, { shape, outStrides }, { inputs: [x], out, outType }) => {
  if (outType !== "float32") return null;
  const axes = fewestAxes(shape, [outStrides]);
  const outSize = sizeOf(shape.filter((_, axis) => outStrides[axis] !== 0));
  if (outSize === 0) return [];
  if (sizeOf(shape) === 0) return fillMemory(out, 0, 4 * outSize);
  if (!isContiguous(axes)) return null;
  const [first] = axes;
  const outer = first && isKept(first) && axes.length > 1 ? first.length : 1;
  const inner = outer > 1 ? axes.slice(1) : axes;
  const totals = outSize / outer;
  const scratch = inner.length > 1 ? emission.scratch(8 * totals) : 0;
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

/** Sums over axes, in turn summed and kept; of two or more, the first is summed. Leaves the pointers as they are. */
function sumAxes(
  emission: Emission,
  builder: FunctionBuilder,
  axes: readonly Axis[],
  to: Local<"i32">,
  from: Local<"i32">,
  totals: Local<"i32">,
): Statement {
  const last = axes.at(-1);
  const count = last?.length ?? 1;
  if (!last || (axes.length === 1 && isKept(last)))
    return perform(addForward(emission, "start"), get(to), get(from), count);
  const [total, place] = builder.locals("i32", 2);
  const rowOf = (from: Local<"i32">): F64 => call(rowTotal(emission), get(from), count);
  if (axes.length === 1) return f32.store(get(to), f32.demoteF64(rowOf(from)));
  const add = (rows: number): Statement =>
    rows === 0
      ? []
      : [perform(addRows(emission, rows, count), get(total), get(place)), increase(place, 4 * rows * count)];
  const lengths = axes.map(({ length }) => length);
  const rows = lengths.at(-2)!;
  const [outer, body] = isKept(last)
    ? [
        axes.slice(0, -2),
        [times(builder, Math.floor(rows / ROWS), add(ROWS)), add(rows % ROWS), increase(place, -4 * rows * count)],
      ]
    : [axes.slice(0, -1), f64.store(get(total), f64.add(f64.load(get(total)), rowOf(place)))];
  const size = sizeOf(axes.filter(isKept).map(({ length }) => length));
  return [
    fillMemory(get(totals), 0, 8 * size),
    set(total, get(totals)),
    set(place, get(from)),
    nest(
      builder,
      lengths.slice(0, outer.length),
      [
        { pointer: total, strides: outer.map(({ strides }) => 8 * strides[0]!) },
        { pointer: place, strides: outer.map((_, axis) => 4 * sizeOf(lengths.slice(axis + 1))) },
      ],
      body,
    ),
    perform(rounded(emission), get(to), get(totals), size),
  ];
}
