import type { DType } from "../../../core/dtype.ts";
import {
  copyMemory,
  doWhile,
  type FunctionBuilder,
  fillMemory,
  get,
  type I32,
  i32,
  i32x4,
  ifThen,
  increase,
  type Local,
  type Statement,
  set,
  tee,
  v128,
} from "../assembler/index.ts";

/** Elements that kernels move without looking at them. */
export const isFourBytes = (type: DType): boolean => type === "float32" || type === "int32";

/** `address + bytes` */
export const beyond = (address: Local<"i32">, bytes: number): I32 =>
  bytes === 0 ? get(address) : i32.add(get(address), i32.const(bytes));

/** The body `count` times. */
export function times(builder: FunctionBuilder, count: number, ...body: Statement[]): Statement {
  if (count <= 1) return count === 1 ? body : [];
  const left = builder.local("i32");
  return [set(left, i32.const(count)), whileCounting(left, ...body)];
}

/** The body as often as `left` says, at least once; `left` ends at 0. */
export const whileCounting = (left: Local<"i32">, ...body: Statement[]): Statement =>
  doWhile(tee(left, i32.sub(get(left), i32.const(1))), ...body);

/** Counts four of `left` as done. If one to three remain, the next four begin earlier: `goBack` gets by how much, a number below 0. */
export function fourDone(left: Local<"i32">, goBack: (over: I32) => Statement): Statement {
  return [
    increase(left, -4),
    ifThen(i32.ltU(i32.sub(get(left), i32.const(1)), i32.const(3)), [
      goBack(i32.sub(get(left), i32.const(4))),
      set(left, i32.const(4)),
    ]),
  ];
}

/** A pointer that moves by `strides[axis]` bytes with each step along an axis. */
export interface Walk {
  readonly pointer: Local<"i32">;
  readonly strides: readonly number[];
}

/** The body for every place on axes of these lengths, the last one running fastest. The body leaves the pointers as they are. */
export function nest(
  builder: FunctionBuilder,
  lengths: readonly number[],
  walks: readonly Walk[],
  body: Statement,
): Statement {
  return lengths.reduceRight((inside: Statement, length, axis) => {
    const moves = walks.map(({ pointer, strides }) => {
      const back = axis + 1 < lengths.length ? lengths[axis + 1]! * strides[axis + 1]! : 0;
      return strides[axis] === back ? [] : increase(pointer, strides[axis]! - back);
    });
    return times(builder, length, inside, ...moves);
  }, body);
}

/** Up to here single stores are faster than a call of the engine's own routine, which costs 4 ns (measured, Node 20 and 24). */
const INLINE_BYTES = 64;

/** `to[toOffset …] = from[fromOffset …]`, a multiple of 4 bytes that do not overlap. */
export function copyBytes(
  to: Local<"i32">,
  toOffset: number,
  from: Local<"i32">,
  fromOffset: number,
  bytes: number,
): Statement {
  if (bytes > INLINE_BYTES) return copyMemory(beyond(to, toOffset), beyond(from, fromOffset), i32.const(bytes));
  return pieces(bytes).map(([offset, size]) =>
    size === 16
      ? v128.store(get(to), v128.load(get(from), fromOffset + offset), toOffset + offset)
      : i32.store(get(to), i32.load(get(from), fromOffset + offset), toOffset + offset),
  );
}

/** `to[offset …] = 0`, a multiple of 4 bytes. */
export function zeroBytes(to: Local<"i32">, toOffset: number, bytes: number): Statement {
  if (bytes > INLINE_BYTES) return fillMemory(beyond(to, toOffset), i32.const(0), i32.const(bytes));
  return pieces(bytes).map(([offset, size]) =>
    size === 16
      ? v128.store(get(to), i32x4.const(0), toOffset + offset)
      : i32.store(get(to), i32.const(0), toOffset + offset),
  );
}

/** Vectors, then single elements, as [offset, size]. */
function pieces(bytes: number): [number, number][] {
  const found: [number, number][] = [];
  for (let offset = 0; offset < bytes; ) {
    const size = bytes - offset >= 16 ? 16 : 4;
    found.push([offset, size]);
    offset += size;
  }
  return found;
}
