import type { LstmSizes } from "../../../core/kernels.ts";
import {
  copyMemory,
  type FunctionBuilder,
  f32,
  f32x4,
  get,
  i32,
  increase,
  type Local,
  perform,
  type Statement,
  set,
  type V128,
  v128,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { times, whileCounting } from "./loops/counting.ts";
import { sigmoid, tanh } from "./map/hyperbolic.ts";
import { Scope } from "./map/scope.ts";

type Pointer = Local<"i32">;

/** Vectors of 4 rows of the weight whose sums are in registers side by side, so that one addition need not wait for the one before. */
const PANEL = 8;

/**
 * See the reference kernel, whose order of sums this one keeps: vectors run over the rows, four at a time. The functions are those of
 * `map`, so h and c differ from the reference's by units of the last place, but not between a signal and its pieces.
 *
 * Scratch memory: the weight in panels of 32 rows (the last one of fewer), in each the rows of column 0, of column 1, …; the sums of a
 * moment; h and c as they are now, each with room for its last vector.
 */
export const emitLstm: EmitKernel<LstmSizes> = (emission, { batch, hidden, length }, { inputs, out, outType }) => {
  if (outType !== "float32") return null;
  if (batch * hidden * length === 0) return [];
  const scratch = emission.scratch(placesOf(hidden).bytes);
  return perform(recurrence(emission, hidden), out, inputs[0]!, inputs[1]!, inputs[2]!, scratch, batch, length);
};

/** Bytes from the start of the scratch memory. */
function placesOf(hidden: number): Record<"sums" | "h" | "c" | "bytes", number> {
  const state = 16 * Math.ceil(hidden / 4);
  const sums = 16 * hidden * hidden;
  const h = sums + 16 * hidden + 16;
  return { sums, h, c: h + state, bytes: h + 2 * state };
}

/** (out, gates, weight, initial, scratch, batch, length) */
const recurrence = (emission: Emission, hidden: number) =>
  emission.shared(`lstm ${hidden}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] },
      (builder, out, gates, weight, initial, scratch, batch, length) => {
        const [sums, h, c, row, left, gatesNow, outNow, from, to] = builder.locals("i32", 9) as Nine;
        const places = placesOf(hidden);
        const state = { sums, h, c };
        /** States into a column of `out`, whose rows are `row` bytes apart. */
        const storeColumn = (states: Pointer): Statement => [
          set(from, get(states)),
          times(builder, hidden, f32.store(get(to), f32.load(get(from))), increase(to, get(row)), increase(from, 4)),
        ];
        const moment: Statement = [
          multiply(builder, hidden, scratch, state),
          set(from, get(gatesNow)),
          set(to, get(sums)),
          times(
            builder,
            4 * hidden,
            f32.store(get(to), f32.add(f32.load(get(from)), f32.load(get(to)))),
            increase(from, get(row)),
            increase(to, 4),
          ),
          step(emission, builder, hidden, state),
          set(to, get(outNow)),
          storeColumn(h),
          storeColumn(c),
          increase(gatesNow, 4),
          increase(outNow, 4),
        ];
        return [
          set(sums, i32.add(get(scratch), places.sums)),
          set(h, i32.add(get(scratch), places.h)),
          set(c, i32.add(get(scratch), places.c)),
          set(row, i32.shl(get(length), 2)),
          pack(builder, hidden, scratch, weight),
          whileCounting(
            batch,
            copyMemory(get(h), get(initial), 4 * hidden),
            copyMemory(get(c), i32.add(get(initial), 4 * hidden), 4 * hidden),
            set(left, get(length)),
            set(gatesNow, get(gates)),
            set(outNow, get(out)),
            whileCounting(left, moment),
            increase(initial, 8 * hidden),
            increase(gates, i32.mul(get(row), 4 * hidden)),
            increase(out, i32.mul(get(row), 2 * hidden)),
          ),
        ];
      },
    ),
  );

type Nine = [Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer, Pointer];
type State = Record<"sums" | "h" | "c", Pointer>;

/** `body` for all full panels, then for the one that is left, by their numbers of vectors. */
const byPanels = (builder: FunctionBuilder, hidden: number, body: (width: number) => Statement): Statement => [
  times(builder, Math.floor(hidden / PANEL), hidden < PANEL ? [] : body(PANEL)),
  hidden % PANEL === 0 ? [] : body(hidden % PANEL),
];

/** The weight `(4H, H)` into panels. */
function pack(builder: FunctionBuilder, hidden: number, scratch: Pointer, weight: Pointer): Statement {
  const [to, from] = builder.locals("i32", 2) as [Pointer, Pointer];
  const four = [1, 2, 3].reduce(
    (lanes: V128, lane) => v128.load32Lane(get(from), lanes, lane, 4 * hidden * lane),
    v128.load32Zero(get(from)),
  );
  return [
    set(to, get(scratch)),
    set(from, get(weight)),
    byPanels(builder, hidden, (width) => [
      times(
        builder,
        width,
        times(builder, hidden, v128.store(get(to), four), increase(to, 16 * width), increase(from, 4)),
        increase(to, 16 - 16 * width * hidden),
        increase(from, 12 * hidden),
      ),
      increase(to, 16 * width * (hidden - 1)),
    ]),
  ];
}

/** sums = W h */
function multiply(builder: FunctionBuilder, hidden: number, scratch: Pointer, { sums, h }: State): Statement {
  const [panel, to, unit] = builder.locals("i32", 3) as [Pointer, Pointer, Pointer];
  const factor = builder.local("v128");
  return [
    set(panel, get(scratch)),
    set(to, get(sums)),
    byPanels(builder, hidden, (width) => {
      const totals = builder.locals("v128", width);
      return [
        totals.map((total) => set(total, f32x4.const(0))),
        set(unit, get(h)),
        times(
          builder,
          hidden,
          set(factor, v128.load32Splat(get(unit))),
          totals.map((total, i) =>
            set(total, f32x4.add(get(total), f32x4.mul(v128.load(get(panel), 16 * i), get(factor)))),
          ),
          increase(unit, 4),
          increase(panel, 16 * width),
        ),
        totals.map((total, i) => v128.store(get(to), get(total), 16 * i)),
        increase(to, 16 * width),
      ];
    }),
  ];
}

/** h and c of the next moment. Where H is no multiple of 4, the last vectors hold lanes of no meaning, which nobody reads. */
function step(emission: Emission, builder: FunctionBuilder, hidden: number, { sums, h, c }: State): Statement {
  const [pre, hiddenPlace, cellPlace] = builder.locals("i32", 3) as [Pointer, Pointer, Pointer];
  const scope = new Scope(emission, builder);
  const gate = (index: number): V128 => v128.load(get(pre), 4 * hidden * index);
  const input = scope.keep(sigmoid(scope, gate(0)));
  const forget = scope.keep(sigmoid(scope, gate(1)));
  const candidate = scope.keep(tanh(scope, gate(2)));
  const kept = f32x4.mul(forget, v128.load(get(cellPlace)));
  const cell = scope.keep(f32x4.add(kept, f32x4.mul(input, candidate)));
  const output = scope.keep(sigmoid(scope, gate(3)));
  const next = f32x4.mul(output, tanh(scope, cell));
  return [
    set(pre, get(sums)),
    set(hiddenPlace, get(h)),
    set(cellPlace, get(c)),
    scope.before,
    times(
      builder,
      Math.ceil(hidden / 4),
      scope.take(),
      v128.store(get(hiddenPlace), next),
      v128.store(get(cellPlace), cell),
      increase(pre, 16),
      increase(hiddenPlace, 16),
      increase(cellPlace, 16),
    ),
  ];
}
