/** Seeded synthesis of training pairs: clean signals, noise, and both at a given ratio. */
export { synthesiseClean } from "./clean.ts";
export { mixAtSnr } from "./level.ts";
export { synthesiseNoise } from "./noise.ts";
export type { RandomSource } from "./random.ts";
