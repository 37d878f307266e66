import type { AxisIndex } from "../../../core/kernels.ts";
import {
  type FunctionBuilder,
  type FunctionReference,
  get,
  i32,
  increase,
  type Local,
  perform,
  type Statement,
  set,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { type Addend, coverageOf } from "./indices/coverage.ts";
import { type Segment, segmentsOf } from "./indices/segments.ts";
import {
  addBackward,
  addForward,
  addGroups,
  addPairs,
  addShortGroups,
  addStrided,
  addTabled,
} from "./loops/additions.ts";
import { beyond, zeroBytes } from "./loops/blocks.ts";
import { times, whileCounting } from "./loops/counting.ts";
import { SHORT } from "./loops/moves.ts";

/** out[a, index[q], b] += g[a, q, b] from zeros on, every sum in ascending q. */
export const emitScatterAdd: EmitKernel<AxisIndex> = (emission, attributes, { inputs: [g], out, outType }) => {
  const { outer, length, inner, index } = attributes;
  if (outType !== "float32" || index.some((target) => target >= length)) return null;
  if (outer === 0 || inner === 0 || length === 0) return [];
  const segments = segmentsOf(index);
  if (segments) return perform(bySegments(emission, attributes, segments), out, g!, outer);
  const places = Array.from(index).flatMap((target, q) => (target < 0 ? [] : [4 * inner * q, 4 * inner * target]));
  const table = emission.constant(Int32Array.from(places));
  return perform(byTable(emission, attributes, places.length / 2), out, g!, outer, table);
};

function bySegments(
  emission: Emission,
  { length, inner, index }: AxisIndex,
  segments: readonly Segment[],
): FunctionReference<null> {
  const coverage = coverageOf(segments, length, inner === 1);
  const places = segments.map(({ at, from, step, times }) => [at, from, step, times].join(" "));
  return emission.shared(`scatterAdd ${length} ${inner} ${index.length} ${places}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, outer) =>
      whileCounting(
        outer,
        coverage.zeros.map(([first, end]) => zeroBytes(to, 4 * inner * first, 4 * inner * (end - first))),
        coverage.addends.map((addend) =>
          inner === 1 ? addElements(emission, addend, to, from) : addBlocks(emission, builder, addend, to, from, inner),
        ),
        increase(to, 4 * inner * length),
        increase(from, 4 * inner * index.length),
      ),
    ),
  );
}

/** One segment of a row of single elements. */
function addElements(
  emission: Emission,
  { segment, beginning }: Addend,
  to: Local<"i32">,
  from: Local<"i32">,
): Statement {
  const { at, count, step, times } = segment;
  const ends = [beyond(to, 4 * segment.from), beyond(from, 4 * at)] as const;
  const groups = count / times;
  if (times === 2 && step === 1) return perform(addPairs(emission, beginning), ...ends, groups);
  if (times > SHORT) return perform(addGroups(emission, beginning), ...ends, groups, times, 4 * step);
  if (times > 1) return perform(addShortGroups(emission, beginning, times), ...ends, groups, 4 * step);
  if (step === 1) return perform(addForward(emission, beginning), ...ends, groups);
  if (step === -1) return perform(addBackward(emission, beginning), ...ends, groups);
  return perform(addStrided(emission, beginning), ...ends, groups, 4 * step);
}

/** One segment of rows of blocks of `inner` elements. */
function addBlocks(
  emission: Emission,
  builder: FunctionBuilder,
  { segment: { at, count, from: first, step, times: repetitions }, beginning }: Addend,
  to: Local<"i32">,
  from: Local<"i32">,
  inner: number,
): Statement {
  const bytes = 4 * inner;
  const add = addForward(emission, beginning);
  if (step === 1 && repetitions === 1)
    return perform(add, beyond(to, first * bytes), beyond(from, at * bytes), count * inner);
  const [target, source] = builder.locals("i32", 2);
  return [
    set(target, beyond(to, first * bytes)),
    set(source, beyond(from, at * bytes)),
    times(
      builder,
      count / repetitions,
      times(builder, repetitions, perform(add, get(target), get(source), inner), increase(source, bytes)),
      increase(target, step * bytes),
    ),
  ];
}

function byTable(emission: Emission, { length, inner, index }: AxisIndex, count: number): FunctionReference<null> {
  const bytes = 4 * inner;
  return emission.shared(`scatterAdd ${length} ${inner} ${index.length} ${count}`, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32", "i32"] }, (builder, to, from, outer, table) =>
      whileCounting(
        outer,
        zeroBytes(to, 0, bytes * length),
        inner === 1
          ? perform(addTabled(emission), get(to), get(from), get(table), count)
          : tabledBlocks(emission, builder, to, from, table, count, inner),
        increase(to, bytes * length),
        increase(from, bytes * index.length),
      ),
    ),
  );
}

function tabledBlocks(
  emission: Emission,
  builder: FunctionBuilder,
  to: Local<"i32">,
  from: Local<"i32">,
  table: Local<"i32">,
  count: number,
  inner: number,
): Statement {
  const place = builder.local("i32");
  return [
    set(place, get(table)),
    times(
      builder,
      count,
      perform(
        addForward(emission, "add"),
        i32.add(get(to), i32.load(get(place), 4)),
        i32.add(get(from), i32.load(get(place))),
        inner,
      ),
      increase(place, 8),
    ),
  ];
}
