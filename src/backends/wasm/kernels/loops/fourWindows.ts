import type { WindowGeometry } from "../../../../core/kernels.ts";
import {
  type FunctionBuilder,
  f32x4,
  get,
  i32,
  i32x4,
  type Local,
  type Statement,
  set,
  shuffle32,
  type V128,
  v128,
} from "../../assembler/index.ts";
/**
 * The first maxima of four windows that lie inside the row, the first of which begins at `start`. Lane by lane as the reference does
 * it: a tap wins if it is larger, or the first NaN.
 */
export function fourWindows(
  builder: FunctionBuilder,
  { kernelSize, stride, dilation }: WindowGeometry,
  to: Local<"i32">,
  from: Local<"i32">,
  start: Local<"i32">,
): Statement {
  const source = builder.local("i32");
  const [value, largest, best, mask] = builder.locals("v128", 4);
  /** Larger, or a NaN: what is not ≤. It loses against a NaN, which alone differs from itself. */
  const wins = v128.andnot(f32x4.eq(get(largest), get(largest)), f32x4.le(get(value), get(largest)));
  /** `best` is how far into its window each best tap is. */
  const next = (place: number): Statement => [
    set(value, fourValues(source, 4 * place, stride)),
    set(mask, wins),
    set(largest, v128.bitselect(get(value), get(largest), get(mask))),
    set(best, v128.bitselect(i32x4.const(place), get(best), get(mask))),
  ];
  const starts = i32x4.add(i32x4.splat(get(start)), i32x4.const(0, stride, 2 * stride, 3 * stride));
  return [
    set(source, i32.add(get(from), i32.shl(get(start), 2))),
    set(largest, fourValues(source, 0, stride)),
    set(best, i32x4.const(0)),
    Array.from({ length: kernelSize - 1 }, (_, k) => next(dilation * (k + 1))),
    v128.store(get(to), i32x4.add(get(best), starts)),
  ];
}

/** Four numbers `stride` apart. */
function fourValues(from: Local<"i32">, offset: number, stride: number): V128 {
  if (stride === 1) return v128.load(get(from), offset);
  if (stride === 2) return shuffle32(v128.load(get(from), offset), v128.load(get(from), offset + 16), [0, 2, 4, 6]);
  return [1, 2, 3].reduce(
    (vector, lane) => v128.load32Lane(get(from), vector, lane, offset + 4 * stride * lane),
    v128.load32Zero(get(from), offset),
  );
}
