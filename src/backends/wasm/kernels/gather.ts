import type { AxisIndex } from "../../../core/kernels.ts";
import {
  type FunctionBuilder,
  type FunctionReference,
  get,
  i32,
  ifThen,
  increase,
  type Local,
  perform,
  type Statement,
  set,
  tee,
  whileDo,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { type Segment, segmentsOf } from "./indices/segments.ts";
import { beyond, copyBytes, isFourBytes, zeroBytes } from "./loops/blocks.ts";
import { times, whileCounting } from "./loops/counting.ts";
import { doubled, everySecond, repeated, repeatedShort, reversed, SHORT, strided, tabled } from "./loops/moves.ts";

/**
 * out[a, q, b] = x[a, index[q], b], 0 where the index is −1. A map of few segments (padding, slices, repetition) becomes moves of
 * whole blocks, any other a loop over a table.
 */
export const emitGather: EmitKernel<AxisIndex> = (emission, attributes, { inputs: [x], out, outType }) => {
  const { outer, length, inner, index } = attributes;
  if (!isFourBytes(outType) || index.some((source) => source >= length)) return null;
  if (outer === 0 || inner === 0 || index.length === 0) return [];
  const segments = segmentsOf(index);
  if (segments) return perform(bySegments(emission, attributes, segments), out, x!, outer);
  const table = emission.constant(index.map((source) => 4 * inner * source));
  return perform(byTable(emission, attributes), out, x!, outer, table);
};

const INDEX: readonly ["i32", "i32", "i32"] = ["i32", "i32", "i32"];

function bySegments(
  emission: Emission,
  { length, inner, index }: AxisIndex,
  segments: readonly Segment[],
): FunctionReference<null> {
  const places = segments.map(({ at, from, step, times }) => [at, from, step, times].join(" "));
  return emission.shared(`gather ${length} ${inner} ${index.length} ${places}`, () =>
    emission.module.function({ parameters: INDEX }, (builder, to, from, outer) =>
      whileCounting(
        outer,
        segments.map((segment) =>
          inner === 1 ? moveElements(emission, segment, to, from) : moveBlocks(builder, segment, to, from, 4 * inner),
        ),
        increase(to, 4 * inner * index.length),
        increase(from, 4 * inner * length),
      ),
    ),
  );
}

/** One segment of a row of single elements. */
function moveElements(emission: Emission, segment: Segment, to: Local<"i32">, from: Local<"i32">): Statement {
  const { at, count, step, times } = segment;
  if (segment.from < 0) return zeroBytes(to, 4 * at, 4 * count);
  if (count === 1 || (step === 1 && times === 1)) return copyBytes(to, 4 * at, from, 4 * segment.from, 4 * count);
  const ends = [beyond(to, 4 * at), beyond(from, 4 * segment.from)] as const;
  const groups = count / times;
  if (times === 2 && step === 1) return perform(doubled(emission), ...ends, groups);
  if (times > SHORT) return perform(repeated(emission), ...ends, groups, times, 4 * step);
  if (times > 1) return perform(repeatedShort(emission, times), ...ends, groups, 4 * step);
  if (step === -1) return perform(reversed(emission), ...ends, groups);
  if (step === 2) return perform(everySecond(emission), ...ends, groups);
  return perform(strided(emission), ...ends, groups, 4 * step);
}

/** One segment of rows of blocks. */
function moveBlocks(
  builder: FunctionBuilder,
  { at, count, from: first, step, times: repetitions }: Segment,
  to: Local<"i32">,
  from: Local<"i32">,
  bytes: number,
): Statement {
  if (first < 0) return zeroBytes(to, at * bytes, count * bytes);
  if (step === 1 && repetitions === 1) return copyBytes(to, at * bytes, from, first * bytes, count * bytes);
  const [target, source] = builder.locals("i32", 2);
  return [
    set(target, beyond(to, at * bytes)),
    set(source, beyond(from, first * bytes)),
    times(
      builder,
      count / repetitions,
      times(builder, repetitions, copyBytes(target, 0, source, 0, bytes), increase(target, bytes)),
      increase(source, step * bytes),
    ),
  ];
}

function byTable(emission: Emission, { length, inner, index }: AxisIndex): FunctionReference<null> {
  const [bytes, count] = [4 * inner, index.length];
  return emission.shared(`gather ${length} ${inner} ${count}`, () =>
    emission.module.function({ parameters: [...INDEX, "i32"] }, (builder, to, from, outer, table) => {
      const row =
        inner === 1
          ? [perform(tabled(emission), get(to), get(from), get(table), count), increase(to, 4 * count)]
          : tabledBlocks(builder, to, from, table, count, bytes);
      return whileCounting(outer, ...row, increase(from, bytes * length));
    }),
  );
}

function tabledBlocks(
  builder: FunctionBuilder,
  to: Local<"i32">,
  from: Local<"i32">,
  table: Local<"i32">,
  count: number,
  bytes: number,
): Statement[] {
  const [source, place, end] = builder.locals("i32", 3);
  return [
    set(place, get(table)),
    set(end, beyond(table, 4 * count)),
    whileDo(
      i32.ltU(get(place), get(end)),
      ifThen(
        i32.geS(tee(source, i32.load(get(place))), 0),
        [set(source, i32.add(get(from), get(source))), copyBytes(to, 0, source, 0, bytes)],
        [zeroBytes(to, 0, bytes)],
      ),
      increase(to, bytes),
      increase(place, 4),
    ),
  ];
}
