import { Generator, unsigned } from "./generator.ts";

export { Generator, type GeneratorState } from "./generator.ts";
export { drawNormal } from "./normal.ts";

/**
 * The generator behind every draw that names none. It starts from the seed of an unseeded `torch.Generator()`, so that
 * an unseeded run repeats too; PyTorch's own default generator starts from entropy.
 */
export const defaultGenerator: Generator = new Generator();

/** `torch.manual_seed`: restarts {@link defaultGenerator}, and returns it. Seeds are integers in -2^63..2^64 - 1. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.seed(unsigned("manualSeed", seed));
}
