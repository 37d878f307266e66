import {
  type FunctionReference,
  get,
  type I32,
  i32,
  ifThen,
  increase,
  type Local,
  type Statement,
  set,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { whileCounting } from "./counting.ts";

/**
 * (picked, array, index, rows, length, count): for every row and t, `inside` gets the addresses of picked[row, t] and of
 * array[row, index[row, t]]; `outside` is for indices that leave the array.
 */
export const byRowIndex = (
  emission: Emission,
  key: string,
  inside: (picked: Local<"i32">, place: I32) => Statement,
  outside: (picked: Local<"i32">) => Statement = () => [],
): FunctionReference<null> =>
  emission.shared(key, () =>
    emission.module.function(
      { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
      (builder, picked, array, index, rows, length, count) => {
        const [at, start, end, size] = builder.locals("i32", 4);
        return [
          set(size, i32.mul(get(rows), get(length))),
          whileCounting(
            rows,
            set(end, i32.add(get(picked), i32.shl(get(count), 2))),
            whileDo(
              i32.ltU(get(picked), get(end)),
              set(at, i32.add(get(start), i32.load(get(index)))),
              ifThen(
                i32.ltU(get(at), get(size)),
                [set(at, i32.add(get(array), i32.shl(get(at), 2))), inside(picked, get(at))],
                [outside(picked)],
              ),
              increase(picked, 4),
              increase(index, 4),
            ),
            increase(start, get(length)),
          ),
        ];
      },
    ),
  );
