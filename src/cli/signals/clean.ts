/** Sounds worth keeping: voices mostly, plucked strings, bells, and now and then two of them at once. */
import { bells } from "./bells.ts";
import { addScaled, normalise } from "./level.ts";
import { chance, logUniform, type RandomSource } from "./random.ts";
import { strings } from "./strings.ts";
import { voice } from "./voice.ts";

/** A clean signal at the level of speech in recordings: an RMS of 0.05 to 0.1, peaks within ±0.95. */
export function synthesiseClean(
  random: RandomSource,
  { length, sampleRate }: { length: number; sampleRate: number },
): Float32Array {
  const out = normalise(source(random)(random, length, sampleRate), 0.1);
  if (chance(random, 0.15)) {
    addScaled(out, normalise(source(random)(random, length, sampleRate), 0.1), logUniform(random, 0.2, 0.6));
  }
  return normalise(out, logUniform(random, 0.05, 0.1));
}

function source(random: RandomSource): typeof voice {
  const share = random.float32();
  if (share < 0.6) return voice;
  return share < 0.85 ? strings : bells;
}
