import {
  doWhile,
  type FunctionBuilder,
  get,
  i32,
  increase,
  type Local,
  type Statement,
  set,
  tee,
  whileDo,
} from "../../assembler/index.ts";

/** Ways to go round in a function's body. */

/** The body `count` times. */
export function times(builder: FunctionBuilder, count: number, ...body: Statement[]): Statement {
  if (count <= 1) return count === 1 ? body : [];
  const left = builder.local("i32");
  return [set(left, count), whileCounting(left, ...body)];
}

/** The body as often as `left` says, at least once; `left` ends at 0. */
export const whileCounting = (left: Local<"i32">, ...body: Statement[]): Statement =>
  doWhile(tee(left, i32.sub(get(left), 1)), ...body);

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

/** `four` for every four elements of `count`, `one` for those that are left. Both move `pointer` on by 16 and 4 bytes. */
export function byFours(
  builder: FunctionBuilder,
  pointer: Local<"i32">,
  count: Local<"i32">,
  four: readonly Statement[],
  one: readonly Statement[],
): Statement {
  const left = builder.local("i32");
  return [
    set(left, i32.shrU(get(count), 2)),
    whileDo(get(left), ...four, increase(left, -1)),
    set(left, i32.add(get(pointer), i32.shl(i32.and(get(count), 3), 2))),
    whileDo(i32.ltU(get(pointer), get(left)), ...one),
  ];
}
