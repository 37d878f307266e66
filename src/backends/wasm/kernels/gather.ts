import type { AxisIndex } from "../../../core/kernels.ts";
import {
  type FunctionBuilder,
  get,
  i32,
  ifThen,
  increase,
  type Local,
  perform,
  type Statement,
  set,
  tee,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { isRun, type Segment, segmentsOf } from "./indices/segments.ts";
import { beyond, copyBytes, isFourBytes, zeroBytes } from "./loops/blocks.ts";
import { times, whileCounting } from "./loops/counting.ts";
import { doubled, everySecond, repeated, reversed, strided } from "./loops/moves.ts";

/**
 * out[a, q, b] = x[a, index[q], b], 0 where the index is −1. A map of few segments (padding, slices, repetition) becomes moves of
 * whole blocks, any other a loop over a table.
 */
export const emitGather: EmitKernel<AxisIndex> = (emission, attributes, { inputs: [x], out, outType }) => {
  const { outer, length, inner, index } = attributes;
  if (!isFourBytes(outType) || index.some((source) => source >= length)) return null;
  if (outer === 0 || inner === 0 || index.length === 0) return [];
  const segments = segmentsOf(index, inner);
  const bytes = 4 * inner;
  const table = segments ? 0 : emission.constant(index.map((source) => bytes * source));
  const move = emission.shared(`gather ${JSON.stringify([length, inner, segments ?? index.length])}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, outer, table) =>
      whileCounting(
        outer,
        segments
          ? segments.map((segment) => moveSegment(emission, segment, to, from, bytes))
          : byTable(builder, index.length, to, from, table, bytes),
        increase(to, bytes * index.length),
        increase(from, bytes * length),
      ),
    ),
  );
  return perform(move, out, x!, outer, table);
};

/** One segment of a row. Only rows of single elements have others than runs and zeros. */
function moveSegment(
  emission: Emission,
  segment: Segment,
  to: Local<"i32">,
  from: Local<"i32">,
  bytes: number,
): Statement {
  const { at, count, step, times } = segment;
  if (segment.from < 0) return zeroBytes(to, bytes * at, bytes * count);
  if (isRun(segment)) return copyBytes(to, bytes * at, from, bytes * segment.from, bytes * count);
  const ends = [beyond(to, bytes * at), beyond(from, bytes * segment.from), count / times] as const;
  if (times === 2 && step === 1) return perform(doubled(emission), ...ends);
  if (times > 1) return perform(repeated(emission, times), ...ends, bytes * step);
  if (step === -1) return perform(reversed(emission), ...ends);
  if (step === 2) return perform(everySecond(emission), ...ends);
  return perform(strided(emission), ...ends, bytes * step);
}

function byTable(
  builder: FunctionBuilder,
  count: number,
  to: Local<"i32">,
  from: Local<"i32">,
  table: Local<"i32">,
  bytes: number,
): Statement {
  const [source, place, target] = builder.locals("i32", 3);
  return [
    set(place, get(table)),
    set(target, get(to)),
    times(
      builder,
      count,
      ifThen(
        i32.geS(tee(source, i32.load(get(place))), 0),
        [set(source, i32.add(get(from), get(source))), copyBytes(target, 0, source, 0, bytes)],
        [zeroBytes(target, 0, bytes)],
      ),
      increase(target, bytes),
      increase(place, 4),
    ),
  ];
}
