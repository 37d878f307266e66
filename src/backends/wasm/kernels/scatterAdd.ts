import type { AxisIndex } from "../../../core/kernels.ts";
import {
  type FunctionBuilder,
  f32,
  get,
  i32,
  increase,
  type Local,
  perform,
  type Statement,
  set,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { isRun, type Segment, segmentsOf } from "./indices/segments.ts";
import { addForward, addGroups } from "./loops/additions.ts";
import { beyond, zeroBytes } from "./loops/blocks.ts";
import { times, whileCounting } from "./loops/counting.ts";

/**
 * out[a, index[q], b] += g[a, q, b] from zeros on, every sum in ascending q. A map of few segments becomes additions of whole
 * stretches, any other a loop over a table.
 */
export const emitScatterAdd: EmitKernel<AxisIndex> = (emission, attributes, { inputs: [g], out, outType }) => {
  const { outer, length, inner, index } = attributes;
  if (outType !== "float32" || index.some((target) => target >= length)) return null;
  if (outer === 0 || inner === 0 || length === 0) return [];
  const segments = segmentsOf(index, inner);
  const places = Array.from(index).flatMap((target, q) => (target < 0 ? [] : [4 * inner * q, 4 * inner * target]));
  const table = segments ? 0 : emission.constant(Int32Array.from(places));
  const count = places.length / 2;
  const key = `scatterAdd ${JSON.stringify([length, inner, index.length, segments ?? count])}`;
  const add = emission.shared(key, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, outer, table) =>
      whileCounting(
        outer,
        segments
          ? bySegments(emission, attributes, segments, to, from)
          : byTable(emission, builder, attributes, count, to, from, table),
        increase(to, 4 * inner * length),
        increase(from, 4 * inner * index.length),
      ),
    ),
  );
  return perform(add, out, g!, outer, table);
};

function bySegments(
  emission: Emission,
  { length, inner, index }: AxisIndex,
  segments: readonly Segment[],
  to: Local<"i32">,
  from: Local<"i32">,
): Statement {
  const bytes = 4 * inner;
  const first = firstOf(segments, index);
  const begin = first?.from ?? 0;
  const end = begin + (first?.count ?? 0);
  const others = segments.filter((segment) => segment.from >= 0 && segment !== first);
  const add = (segment: Segment): Statement => {
    const { at, count, step, times } = segment;
    const [target, source] = [beyond(to, bytes * segment.from), beyond(from, bytes * at)];
    return isRun(segment)
      ? perform(addForward(emission, segment === first ? "start" : "add"), target, source, inner * count)
      : perform(addGroups(emission, times), target, source, count / times, 4 * step);
  };
  return [
    zeroBytes(to, 0, bytes * begin),
    zeroBytes(to, bytes * end, bytes * (length - end)),
    first ? add(first) : [],
    others.map(add),
  ];
}

/**
 * The longest run, which may start its sums itself instead of adding to zeros: for a padded row that is the signal. Where a place gets
 * at most one number before it, the two may change places: 0 + a + b = 0 + b + a.
 */
function firstOf(segments: readonly Segment[], index: Int32Array): Segment | undefined {
  const [longest] = segments
    .filter((segment) => segment.from >= 0 && isRun(segment))
    .toSorted((a, b) => b.count - a.count);
  const before = index.subarray(0, longest?.at).filter((target) => target >= 0);
  return new Set(before).size === before.length ? longest : undefined;
}

function byTable(
  emission: Emission,
  builder: FunctionBuilder,
  { length, inner }: AxisIndex,
  count: number,
  to: Local<"i32">,
  from: Local<"i32">,
  table: Local<"i32">,
): Statement {
  const place = builder.local("i32");
  const target = i32.add(get(to), i32.load(get(place), 4));
  const source = i32.add(get(from), i32.load(get(place)));
  const add =
    inner === 1
      ? f32.store(target, f32.add(f32.load(target), f32.load(source)))
      : perform(addForward(emission, "add"), target, source, inner);
  return [zeroBytes(to, 0, 4 * inner * length), set(place, get(table)), times(builder, count, add, increase(place, 8))];
}
