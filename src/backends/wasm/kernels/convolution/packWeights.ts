import {
  type FunctionReference,
  forRange,
  get,
  i32,
  increase,
  type Statement,
  set,
  v128,
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
export const packWeightsFunction = (emission: Emission, rows: number): FunctionReference<null> =>
  emission.shared(`packWeights ${rows}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] },
      (f, target, targetStep, source, rowStride, channels, channelStride, taps, tapStride) => {
        const [channel, tap, at] = [f.local("i32"), f.local("i32"), f.local("i32")];
        const vector = f.local("v128");
        const lanes: Statement[] = Array.from({ length: rows }, (_, lane) => [
          set(vector, lane === 0 ? v128.load32Zero(get(at)) : v128.load32Lane(get(at), get(vector), lane)),
          lane < rows - 1 ? increase(at, get(rowStride)) : [],
        ]);
        const from = i32.add(get(source), i32.mul(get(tap), get(tapStride)));
        return [
          forRange(
            channel,
            i32.const(0),
            get(channels),
            1,
            forRange(
              tap,
              i32.const(0),
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

/** Whether `count` numbers contain an infinity or a NaN. Parameters: source, count. */
export const notFiniteFunction = (emission: Emission): FunctionReference<"i32"> =>
  emission.shared("notFinite", () =>
    emission.module.function({ parameters: ["i32", "i32"], result: "i32" }, (f, source, count) => {
      const [i, found] = [f.local("i32"), f.local("i32")];
      // The exponent of what is not finite is all ones.
      const exponent = i32.const(0x7f800000);
      return [
        forRange(
          i,
          i32.const(0),
          get(count),
          1,
          set(found, i32.or(get(found), i32.eq(i32.and(i32.load(get(source)), exponent), exponent))),
          increase(source, 4),
        ),
        get(found),
      ];
    }),
  );
