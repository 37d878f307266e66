import type { Kernels } from "../../../core/kernels.ts";
import { sizeOf, stridesOf } from "../../../core/shape.ts";
import { type FunctionBuilder, get, type Local, perform, type Statement } from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { type Axis, fewestAxes } from "./indices/axes.ts";
import { copyBytes, isFourBytes } from "./loops/blocks.ts";
import { nest } from "./loops/counting.ts";
import { repeated, strided } from "./loops/moves.ts";
import { transposed } from "./loops/transposed.ts";

/** Below four of each, no 4 × 4 tile fits. */
const TILE = 4;

/** out[i…] = x[Σ i·stride]: whole rows where the last axis is contiguous, tiles where it changes places with one that is. */
export const emitCopy: EmitKernel<Kernels["copy"]> = (emission, { shape, strides }, { inputs: [x], out, outType }) => {
  if (!isFourBytes(outType) || strides.some((stride) => stride < 0)) return null;
  if (sizeOf(shape) === 0) return [];
  const axes = fewestAxes(shape, [stridesOf(shape), strides]);
  const copy = emission.shared(`copy ${axes.map(({ length, strides }) => [length, ...strides].join(" "))}`, () =>
    emission.module.function({ parameters: ["i32", "i32"] }, (builder, to, from) =>
      copyAxes(emission, builder, axes, to, from),
    ),
  );
  return perform(copy, out, x!);
};

function copyAxes(
  emission: Emission,
  builder: FunctionBuilder,
  axes: readonly Axis[],
  to: Local<"i32">,
  from: Local<"i32">,
): Statement {
  const over = (outer: readonly Axis[], body: Statement): Statement =>
    nest(
      builder,
      outer.map(({ length }) => length),
      [to, from].map((pointer, i) => ({ pointer, strides: outer.map(({ strides }) => 4 * strides[i]!) })),
      body,
    );
  const last = axes.at(-1);
  const outer = axes.slice(0, -1);
  if (!last) return copyBytes(to, 0, from, 0, 4);
  const { length } = last;
  const step = last.strides[1]!;
  if (step === 1) return over(outer, copyBytes(to, 0, from, 0, 4 * length));
  if (step === 0) {
    const groups = outer.at(-1);
    const [count, move] = [groups?.length ?? 1, groups?.strides[1] ?? 0];
    return over(outer.slice(0, -1), perform(repeated(emission, length), get(to), get(from), count, 4 * move));
  }
  const contiguous = outer.find((axis) => axis.strides[1] === 1);
  if (contiguous && contiguous.length >= TILE && length >= TILE)
    return over(
      outer.filter((axis) => axis !== contiguous),
      perform(
        transposed(emission, contiguous.length, length, 4 * contiguous.strides[0]!, 4 * step),
        get(to),
        get(from),
      ),
    );
  return over(outer, perform(strided(emission), get(to), get(from), length, 4 * step));
}
