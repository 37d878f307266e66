import {
  type FunctionReference,
  f32x4,
  forRange,
  get,
  type I32,
  i32,
  increase,
  type Local,
  type Statement,
  set,
  v128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { max, min } from "./arithmetic.ts";

/**
 * `target[u] = row[start + u·stride]` for u in 0..width−1, 0 where that is beside the row's `length`: padding, blocks and strides in one
 * place. Parameters: target, row, start, length, width. Up to three more numbers after `width` are overwritten.
 *
 * Reading signals where they lie costs a factor of 2 to 4 where a row's length is a power of two, because its channels then share one
 * set of the first cache.
 */
export const packRowFunction = (emission: Emission, stride: number): FunctionReference<null> =>
  emission.shared(`packRow ${stride}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32"] },
      (f, target, row, start, length, width) => {
        const [head, end, u, source] = f.locals("i32", 4);
        const vector = f.local("v128");
        const address = (index: Local<"i32">): I32 => i32.add(get(target), i32.shl(get(index), 2));
        const zeros: Statement[] = [v128.store(address(u), f32x4.const(0))];
        const stepsBefore = (distance: I32): I32 =>
          stride === 1 ? distance : i32.divS(i32.add(distance, stride - 1), stride);
        const lanes = [1, 2, 3].map((lane) =>
          set(vector, v128.load32Lane(get(source), get(vector), lane, 4 * stride * lane)),
        );
        return [
          // The first u inside the row, and the first one behind it.
          set(head, min(max(stepsBefore(i32.sub(0, get(start))), 0), get(width))),
          set(end, min(max(stepsBefore(max(i32.sub(get(length), get(start)), 0)), get(head)), get(width))),
          forRange(u, 0, get(head), 4, ...zeros),
          set(source, i32.add(get(row), i32.shl(i32.add(get(start), i32.mul(get(head), stride)), 2))),
          set(u, get(head)),
          stride === 1
            ? [
                whileDo(
                  i32.ltS(get(u), get(end)),
                  v128.store(address(u), v128.load(get(source))),
                  increase(source, 16),
                  increase(u, 4),
                ),
              ]
            : [
                whileDo(
                  i32.ltS(get(u), i32.sub(get(end), 3)),
                  set(vector, v128.load32Zero(get(source))),
                  ...lanes,
                  v128.store(address(u), get(vector)),
                  increase(source, 16 * stride),
                  increase(u, 4),
                ),
                whileDo(
                  i32.ltS(get(u), get(end)),
                  v128.store(address(u), v128.load32Zero(get(source))),
                  increase(source, 4 * stride),
                  increase(u, 1),
                ),
              ],
          forRange(u, get(end), get(width), 4, ...zeros),
        ];
      },
    ),
  );
