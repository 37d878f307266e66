import { call, type FunctionReference, get, i32, perform } from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { at } from "./arithmetic.ts";
import { notFiniteFunction } from "./packWeights.ts";

/** Weights in the order in which a kernel reads them: made once per value of a parameter. */
export interface PackedWeights {
  /** Equal layouts of one array are equal bytes, so two kernels may share them. */
  readonly layout: string;
  readonly bytes: number;
  /** Whether they begin with a flag, see `flagged`. */
  readonly flagged: boolean;
  /** The function that packs. Parameters: target, source. */
  pack(emission: Emission): FunctionReference<null>;
}

/** As many bytes as keep what follows aligned. */
export const FLAG_BYTES = 64;

/** The same weights behind a flag that is not 0 if one of the `count` weights is not finite. */
export function flagged(weights: PackedWeights, count: number): PackedWeights {
  const layout = `flagged ${weights.layout}`;
  return {
    layout,
    bytes: weights.bytes + FLAG_BYTES,
    flagged: true,
    pack: (emission) =>
      emission.shared(layout, () => {
        const pack = weights.pack(emission);
        const notFinite = notFiniteFunction(emission);
        return emission.module.function({ parameters: ["i32", "i32"] }, (_, target, source) => [
          i32.store(get(target), call(notFinite, get(source), count)),
          perform(pack, at(get(target), [], FLAG_BYTES), get(source)),
        ]);
      }),
  };
}
