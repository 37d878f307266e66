import { unsigned } from "./bytes.ts";
import { code } from "./operators.ts";
import { i32 } from "./scalar.ts";
import type { Expression, FunctionReference, Local, Statement, Value, ValueType } from "./types.ts";

export const get = <T extends ValueType>({ index }: Local<T>): Expression<T> => [0x20, unsigned(index)];

export const set = <T extends ValueType>({ index }: Local<T>, value: Value<T>): Statement => [
  code(value),
  0x21,
  unsigned(index),
];

/** Sets the variable and leaves its value. */
export const tee = <T extends ValueType>({ index }: Local<T>, value: Value<T>): Expression<T> => [
  code(value),
  0x22,
  unsigned(index),
];

/** `variable += step` */
export const increase = (variable: Local<"i32">, step: Value<"i32">): Statement =>
  set(variable, i32.add(get(variable), step));

/** Calls a function for its result. */
export const call = <R extends ValueType>(target: FunctionReference<R>, ...operands: Value[]): Expression<R> => [
  checked(target, operands),
  0x10,
  unsigned(target.index),
];

/** Calls a function without a result. */
export const perform = (target: FunctionReference<null>, ...operands: Value[]): Statement => [
  checked(target, operands),
  0x10,
  unsigned(target.index),
];

/** `condition ? a : b`, both computed. */
export const select = <T extends ValueType>(a: Value<T>, b: Value<T>, condition: Value<"i32">): Expression<T> => [
  code(a),
  code(b),
  code(condition),
  0x1b,
];

const NOTHING = 0x40;

export const ifThen = (
  condition: Value<"i32">,
  then: readonly Statement[],
  otherwise: readonly Statement[] = [],
): Statement => [code(condition), 0x04, NOTHING, then, otherwise.length > 0 ? [0x05, otherwise] : [], 0x0b];

/** Runs `body` at least once, and again as long as `condition` is not 0: the loop with one branch. */
export const doWhile = (condition: Value<"i32">, ...body: Statement[]): Statement => [
  0x03,
  NOTHING,
  body,
  code(condition),
  0x0d,
  0,
  0x0b,
];

/** Runs `body` as long as `condition` is not 0, perhaps never. */
export const whileDo = (condition: Value<"i32">, ...body: Statement[]): Statement =>
  ifThen(condition, [doWhile(condition, ...body)]);

/** For `variable` = `from`, `from + step`, … below `end` (both signed; `end` is computed again at every turn). */
export const forRange = (
  variable: Local<"i32">,
  from: Value<"i32">,
  end: Value<"i32">,
  step: Value<"i32">,
  ...body: Statement[]
): Statement => [set(variable, from), whileDo(i32.ltS(get(variable), end), ...body, increase(variable, step))];

/** Leaves the function. */
export const leave: Statement = [0x0f];

/** `memory[to …] = memory[from …]` for a number of bytes; the ranges may overlap. */
export const copyMemory = (to: Value<"i32">, from: Value<"i32">, bytes: Value<"i32">): Statement => [
  code(to),
  code(from),
  code(bytes),
  0xfc,
  0x0a,
  0,
  0,
];

/** `memory[to …] = byte` for a number of bytes. */
export const fillMemory = (to: Value<"i32">, byte: Value<"i32">, bytes: Value<"i32">): Statement => [
  code(to),
  code(byte),
  code(bytes),
  0xfc,
  0x0b,
  0,
];

/** A wrong count would shift everything that follows on the stack, and the engine's message would point elsewhere. */
function checked(target: FunctionReference, operands: readonly Value[]): readonly Expression<ValueType>[] {
  if (operands.length !== target.parameters.length)
    throw new Error(
      `function ${target.index} takes ${target.parameters.length} operands (${target.parameters}), got ${operands.length}`,
    );
  return operands.map(code);
}
