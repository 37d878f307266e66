import type { Epilogue } from "../../../../plan/plan.ts";
import { get, type I32, type Local, perform, type Statement, type Value } from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { rowFunction } from "../map/index.ts";
import { at } from "./arithmetic.ts";

/** An epilogue over a convolution's results: what becomes of them while they are still in the first cache. */
export interface Finish {
  readonly body: Epilogue["body"];
  /** Of each operand after the result, along batch, channel and time, in elements. */
  readonly strides: readonly (readonly [number, number, number])[];
}

/** Places the axes of an epilogue on those of the result; `null` where they do not fall together. */
export function finishOf(epilogue: Epilogue, shape: readonly [number, number, number]): Finish | null {
  const axes = epilogue.shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  const own = [0, 1, 2].filter((axis) => shape[axis] !== 1);
  if (axes.length !== own.length || axes.some((axis, i) => epilogue.shape[axis] !== shape[own[i]!])) return null;
  const strides = epilogue.strides.slice(1).map((given): [number, number, number] => {
    const placed: [number, number, number] = [0, 0, 0];
    axes.forEach((axis, i) => {
      placed[own[i]!] = given[axis]!;
    });
    return placed;
  });
  return { body: epilogue.body, strides };
}

/** Finishes `count` results of one channel from time `t`, in place at `out`. */
export function finishTime(
  emission: Emission,
  finish: Finish,
  operands: readonly Local<"i32">[],
  out: I32,
  count: Value<"i32">,
  position: readonly [Local<"i32">, Local<"i32">, Local<"i32">],
): Statement {
  return finishAlong(emission, finish, operands, out, count, position, 2);
}

/** Finishes `count` results of one time from channel `channel`, which lie side by side at `out`. */
export function finishChannels(
  emission: Emission,
  finish: Finish,
  operands: readonly Local<"i32">[],
  out: I32,
  count: Value<"i32">,
  position: readonly [Local<"i32">, Local<"i32">, Local<"i32">],
): Statement {
  return finishAlong(emission, finish, operands, out, count, position, 1);
}

function finishAlong(
  emission: Emission,
  { body, strides }: Finish,
  operands: readonly Local<"i32">[],
  out: I32,
  count: Value<"i32">,
  [n, channel, t]: readonly [Local<"i32">, Local<"i32">, Local<"i32">],
  axis: 1 | 2,
): Statement {
  const steps = strides.map((stride) => stride[axis]);
  const kinds = steps.map((step) => (step === 1 ? "vector" : step === 0 ? "scalar" : "strided"));
  const addresses = strides.map(([batch, row, time], i) =>
    at(get(operands[i]!), [
      [n, 4 * batch],
      [channel, 4 * row],
      [t, 4 * time],
    ]),
  );
  const moves = steps.filter((step) => step > 1).map((step) => 4 * step);
  return perform(rowFunction(emission, body, ["vector", ...kinds]), out, count, out, ...addresses, ...moves);
}
