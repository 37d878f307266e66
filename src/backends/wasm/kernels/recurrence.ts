import type { Recurrence, RecurrencePart } from "../../../core/kernels.ts";
import {
  copyMemory,
  type FunctionBuilder,
  f32,
  f32x4,
  fillMemory,
  get,
  type I32,
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
import { chain } from "./map/chain.ts";
import { Scope } from "./map/scope.ts";

type Pointer = Local<"i32">;

/** Rows of the weight in a panel: 8 vectors, whose sums are in registers side by side, so that one addition need not wait for another. */
const PANEL = 32;

/** Bytes of so many floats in whole vectors. */
const bytesOf = (floats: number): number => 16 * Math.ceil(floats / 4);

/**
 * See the reference kernel, whose order of sums this one keeps: vectors run over the rows, four at a time. The functions are those of
 * `map`, so the states differ from the reference's by units of the last place, but not between a signal and its pieces. Where H is no
 * multiple of 4, the last vectors hold lanes of no meaning, which nobody reads.
 *
 * Scratch memory: a moment's gates, its sums, the bias; states and what parts make, each with room for its last vector; the weight, part
 * by part, in panels of 32 rows (the last one of fewer), in each the rows of column 0, of column 1, ….
 */
export const emitRecurrence: EmitKernel<Recurrence> = (emission, recurrence, { inputs, out, outType }) => {
  const { batch, hidden, length, states, parts } = recurrence;
  if (outType !== "float32") return null;
  if (batch * hidden * length === 0) return [];
  const [gates, weights, ...rest] = inputs as [I32, I32, ...I32[]];
  const initial = rest.pop()!;
  const rows = hidden * parts.at(-1)!.to;
  const sums = bytesOf(rows) + 16;
  const vectors = Array.from({ length: states + parts.length }, (_, i) => 3 * sums + bytesOf(hidden) * i);
  const weight = vectors.pop()!;
  const scratch = emission.scratch(
    weight + parts.reduce((bytes, part) => bytes + hidden * bytesOf(rowsOf(recurrence, part)), 0),
  );
  const bias = i32.add(scratch, 2 * sums);
  return [
    rest[0] ? copyMemory(bias, rest[0], 4 * rows) : fillMemory(bias, 0, 4 * rows),
    perform(
      moments(emission, recurrence, { sums, vectors, weight }),
      out,
      gates,
      weights,
      initial,
      scratch,
      batch,
      length,
    ),
  ];
};

/** Of the weight. */
const rowsOf = ({ hidden }: Recurrence, { from, to }: RecurrencePart): number => hidden * (to - from);

/** Bytes from the start of the scratch memory; as far as `sums` the bias is behind them. */
interface Places {
  readonly sums: number;
  readonly vectors: readonly number[];
  readonly weight: number;
}

/** (out, gates, weight, initial, scratch, batch, length) */
const moments = (emission: Emission, recurrence: Recurrence, { sums, vectors, weight }: Places) => {
  const { hidden, states, parts } = recurrence;
  return emission.shared(`recurrence ${hidden} ${JSON.stringify(parts)}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] },
      (builder, out, gates, weights, initial, scratch, batch, length) => {
        const [row, left, gatesNow, outNow, from, to] = builder.locals("i32", 6) as Six;
        const place = (bytes: number): I32 => i32.add(get(scratch), bytes);
        const ofGates = Array.from({ length: parts.at(-1)!.to }, (_, i) => 4 * hidden * i);
        const rows = hidden * ofGates.length;
        const operands = [...ofGates, ...ofGates.map((bytes) => sums + bytes), ...vectors];
        const now = vectors.slice(0, states);
        const move = (count: number, toStep: number | I32, fromStep: number | I32) =>
          times(
            builder,
            count,
            f32.store(get(to), f32.load(get(from))),
            increase(to, toStep),
            increase(from, fromStep),
          );
        const moment = parts.map((part, i): Statement => {
          const scope = new Scope(emission, builder);
          const loads = operands.map((bytes) => v128.load(get(to), bytes));
          const made = chain(scope, part.body, loads, part.results);
          const targets = part.to === ofGates.length ? now : vectors.slice(states + i);
          return [
            set(to, place(sums + ofGates[part.from]!)),
            multiply(builder, hidden, rowsOf(recurrence, part), from, to, place(vectors[i && states + i - 1]!), sums),
            set(to, get(scratch)),
            scope.before,
            times(
              builder,
              Math.ceil(hidden / 4),
              scope.take(),
              made.map((value, k) => v128.store(get(to), value, targets[k]!)),
              increase(to, 16),
            ),
          ];
        });
        return [
          set(row, i32.shl(get(length), 2)),
          set(from, get(weights)),
          set(to, place(weight)),
          parts.map((part) => pack(builder, hidden, rowsOf(recurrence, part), to, from)),
          whileCounting(
            batch,
            now.map((bytes) => [copyMemory(place(bytes), get(initial), 4 * hidden), increase(initial, 4 * hidden)]),
            set(left, get(length)),
            set(gatesNow, get(gates)),
            set(outNow, get(out)),
            whileCounting(
              left,
              set(from, get(gatesNow)),
              set(to, get(scratch)),
              move(rows, 4, get(row)),
              set(from, place(weight)),
              moment,
              set(to, get(outNow)),
              now.map((bytes) => [set(from, place(bytes)), move(hidden, get(row), 4)]),
              increase(gatesNow, 4),
              increase(outNow, 4),
            ),
            increase(gates, i32.mul(get(row), rows)),
            increase(out, i32.mul(get(row), hidden * states)),
          ),
        ];
      },
    ),
  );
};

type Six = [Pointer, Pointer, Pointer, Pointer, Pointer, Pointer];

/** `body` for as many as come at a time, again and again, then for those that are left. */
const byUnits = (
  builder: FunctionBuilder,
  count: number,
  unit: number,
  body: (count: number) => Statement,
): Statement => [
  times(builder, Math.floor(count / unit), count < unit ? [] : body(unit)),
  count % unit === 0 ? [] : body(count % unit),
];

/** Rows of the weight into panels. Both pointers move on. */
const pack = (builder: FunctionBuilder, hidden: number, rows: number, to: Pointer, from: Pointer): Statement =>
  byUnits(builder, rows, PANEL, (inPanel) => {
    const width = bytesOf(inPanel);
    return [
      // One vector wide, down all columns.
      byUnits(builder, inPanel, 4, (lanes) => {
        let column: V128 = v128.load32Zero(get(from));
        for (let lane = 1; lane < lanes; lane++) column = v128.load32Lane(get(from), column, lane, 4 * hidden * lane);
        return [
          times(builder, hidden, v128.store(get(to), column), increase(to, width), increase(from, 4)),
          increase(to, 16 - width * hidden),
          increase(from, 4 * hidden * (lanes - 1)),
        ];
      }),
      increase(to, width * (hidden - 1)),
    ];
  });

/** The sums at `to`, from the bias on, which is so far behind them. Both pointers move on. */
function multiply(
  builder: FunctionBuilder,
  hidden: number,
  rows: number,
  panel: Pointer,
  to: Pointer,
  x: I32,
  bias: number,
): Statement {
  const unit = builder.local("i32");
  const factor = builder.local("v128");
  return byUnits(builder, rows, PANEL, (inPanel) => {
    const width = bytesOf(inPanel);
    const totals = builder.locals("v128", width / 16);
    return [
      totals.map((total, i) => set(total, v128.load(get(to), bias + 16 * i))),
      set(unit, x),
      times(
        builder,
        hidden,
        set(factor, v128.load32Splat(get(unit))),
        totals.map((total, i) =>
          set(total, f32x4.add(get(total), f32x4.mul(v128.load(get(panel), 16 * i), get(factor)))),
        ),
        increase(unit, 4),
        increase(panel, width),
      ),
      totals.map((total, i) => v128.store(get(to), get(total), 16 * i)),
      increase(to, width),
    ];
  });
}
