import type { Kernels } from "../../../core/kernels.ts";
import { increase, perform } from "../assembler/index.ts";
import type { EmitKernel } from "../emission.ts";
import { copyBytes, isFourBytes } from "./loops/blocks.ts";
import { whileCounting } from "./loops/counting.ts";

/** The inputs one after the other along an axis: a block of each, `outer` times. */
export const emitConcat: EmitKernel<Kernels["concat"]> = (emission, attributes, { inputs, out, outType }) => {
  const { outer, lengths, inner } = attributes;
  if (!isFourBytes(outType)) return null;
  const parts = lengths.flatMap((length, i) => (length > 0 ? [{ input: inputs[i]!, bytes: 4 * inner * length }] : []));
  if (outer === 0 || inner === 0 || parts.length === 0) return [];
  const sizes = parts.map(({ bytes }) => bytes);
  const interleave = emission.shared(`concat ${sizes}`, () =>
    emission.module.function(
      { parameters: ["i32", "i32", ...sizes.map(() => "i32" as const)] },
      (_, to, left, ...from) =>
        whileCounting(
          left!,
          ...sizes.map((bytes, i) => [
            copyBytes(to!, 0, from[i]!, 0, bytes),
            increase(to!, bytes),
            increase(from[i]!, bytes),
          ]),
        ),
    ),
  );
  return perform(interleave, out, outer, ...parts.map(({ input }) => input));
};
