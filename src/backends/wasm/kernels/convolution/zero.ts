import { type FunctionReference, f32x4, forRange, get, i32, v128 } from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";

/** Zeros a number of bytes, a multiple of 16. Parameters: target, bytes. */
export const zeroFunction = (emission: Emission): FunctionReference<null> =>
  emission.shared("zero", () =>
    emission.module.function({ parameters: ["i32", "i32"] }, (f, target, bytes) => {
      const u = f.local("i32");
      return forRange(u, 0, get(bytes), 16, v128.store(i32.add(get(target), get(u)), f32x4.const(0)));
    }),
  );
