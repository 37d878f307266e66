import {
  type FunctionReference,
  forRange,
  get,
  type I32,
  i32,
  increase,
  perform,
  type Statement,
  set,
  shuffle32,
  type V128,
  type Value,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";

/**
 * Weights of up to four rows side by side, in the order in which a tile reads them:
 *
 *     target[channel · taps + tap][lane] = source[lane · rowStride + channel · channelStride + tap · tapStride]
 *
 * Parameters: target, targetStep, source, rowStride, channels, channelStride, taps, tapStride; all steps in bytes. Four numbers are
 * written at each step, zeros in lanes beyond `rows`; steps of less than 16 bytes leave the last one's zeros behind the end.
 */
const packWeightsFunction = (emission: Emission, rows: number): FunctionReference<null> =>
  emission.shared(`packWeights ${rows}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] },
      (f, target, targetStep, source, rowStride, channels, channelStride, taps, tapStride) => {
        const [channel, tap, at] = f.locals("i32", 3);
        const vector = f.local("v128");
        const lanes: Statement[] = Array.from({ length: rows }, (_, lane) => [
          set(vector, lane === 0 ? v128.load32Zero(get(at)) : v128.load32Lane(get(at), get(vector), lane)),
          lane < rows - 1 ? increase(at, get(rowStride)) : [],
        ]);
        const from = i32.add(get(source), i32.mul(get(tap), get(tapStride)));
        return [
          forRange(
            channel,
            0,
            get(channels),
            1,
            forRange(
              tap,
              0,
              get(taps),
              1,
              set(at, from),
              ...lanes,
              v128.store(get(target), get(vector)),
              increase(target, get(targetStep)),
            ),
            increase(source, get(channelStride)),
          ),
        ];
      },
    ),
  );

/**
 * The same for four rows whose weights lie in the order of the sum already: `target[i][lane] = source[lane · rowStride + i]`, four by
 * four through the registers, which takes a fifth of the time. Parameters: target, targetStep, source, rowStride, count.
 */
export const interleaveFunction = (emission: Emission): FunctionReference<null> =>
  emission.shared("interleave", () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"] },
      (f, target, step, source, stride, count) => {
        const rows = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")] as const;
        const at = f.local("i32");
        const [a, b, c, d] = rows.map((row) => get(row)) as [V128, V128, V128, V128];
        const eachRow = (body: (row: number) => Statement): Statement[] => [
          set(at, get(source)),
          ...rows.map((_, row) => [body(row), row < 3 ? increase(at, get(stride)) : []]),
        ];
        const put = (vector: V128): Statement[] => [v128.store(get(target), vector), increase(target, get(step))];
        const low = (p: V128, q: V128): V128 => shuffle32(p, q, [0, 4, 1, 5]);
        const high = (p: V128, q: V128): V128 => shuffle32(p, q, [2, 6, 3, 7]);
        const first = (p: V128, q: V128): V128 => shuffle32(p, q, [0, 1, 4, 5]);
        const second = (p: V128, q: V128): V128 => shuffle32(p, q, [2, 3, 6, 7]);
        return [
          whileDo(
            i32.gtS(get(count), 3),
            ...eachRow((row) => set(rows[row]!, v128.load(get(at)))),
            ...[first, second].flatMap((half) => put(half(low(a, b), low(c, d)))),
            ...[first, second].flatMap((half) => put(half(high(a, b), high(c, d)))),
            increase(source, 16),
            increase(count, -4),
          ),
          whileDo(
            get(count),
            ...eachRow((row) =>
              set(rows[0], row === 0 ? v128.load32Zero(get(at)) : v128.load32Lane(get(at), get(rows[0]), row)),
            ),
            ...put(get(rows[0])),
            increase(source, 4),
            increase(count, -1),
          ),
        ];
      },
    ),
  );

/** Packs `rows` rows, in the faster of the two ways. Steps in bytes, strides in elements. */
export function packRows(
  emission: Emission,
  rows: number,
  [target, targetStep, source]: readonly [I32, number, I32],
  channels: Value<"i32">,
  taps: Value<"i32">,
  strides: { readonly row: number; readonly channel: number; readonly tap: number },
): Statement {
  if (rows === 4 && strides.tap === 1 && strides.channel === taps)
    return perform(
      interleaveFunction(emission),
      ...[target, targetStep, source, 4 * strides.row],
      i32.mul(channels, taps),
    );
  return perform(
    packWeightsFunction(emission, rows),
    ...[target, targetStep, source, 4 * strides.row],
    ...[channels, 4 * strides.channel, taps, 4 * strides.tap],
  );
}

/** Whether `count` numbers contain an infinity or a NaN. Parameters: source, count. */
export const notFiniteFunction = (emission: Emission): FunctionReference<"i32"> =>
  emission.shared("notFinite", () =>
    emission.module.function({ parameters: ["i32", "i32"], result: "i32" }, (f, source, count) => {
      const [i, found] = f.locals("i32", 2);
      // The exponent of what is not finite is all ones.
      const exponent = 0x7f800000;
      return [
        forRange(
          i,
          0,
          get(count),
          1,
          set(found, i32.or(get(found), i32.eq(i32.and(i32.load(get(source)), exponent), exponent))),
          increase(source, 4),
        ),
        get(found),
      ];
    }),
  );
