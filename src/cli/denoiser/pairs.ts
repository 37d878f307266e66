import { OptionError } from "../../core/errors.ts";
import { checkInteger } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { tensor } from "../../ops/create.ts";
import { mixAtSnr, type RandomSource } from "../signals/index.ts";

/** Noisy signals and what they should become, both `(batch, 1, crop)`. */
export interface Pair {
  readonly mixture: Tensor;
  readonly clean: Tensor;
}

export interface PairsOptions {
  /** Signals of any lengths, synthesised or recorded. */
  readonly clean: readonly Float32Array[];
  readonly noise: readonly Float32Array[];
  readonly batch: number;
  /** Samples of each example. */
  readonly crop: number;
  /** Signal-to-noise ratios in dB, drawn uniformly from here to there. */
  readonly snr: readonly [number, number];
  readonly random: RandomSource;
}

/**
 * Endless batches of crops from random places, clean and noise drawn apart and mixed at a ratio that is exact over the crop. Every
 * sample of every signal is as likely as any other; signals shorter than a crop are repeated.
 *
 * @throws OptionError at the first batch
 */
export function* trainingPairs(options: PairsOptions): Generator<Pair, never, void> {
  const { random } = options;
  const [from, to] = options.snr;
  if (!(Number.isFinite(from) && from <= to && Number.isFinite(to)))
    throw new OptionError(`trainingPairs: snr must be finite numbers [from, to] with from ≤ to, got [${from}, ${to}]`);
  const batch = checkInteger("trainingPairs", "batch", options.batch, 1);
  const crop = checkInteger("trainingPairs", "crop", options.crop, 1);
  const nextClean = crops("clean", options.clean, crop, random);
  const nextNoise = crops("noise", options.noise, crop, random);
  while (true) {
    const clean = new Float32Array(batch * crop);
    const mixture = new Float32Array(batch * crop);
    for (let at = 0; at < clean.length; at += crop) {
      const signal = nextClean();
      clean.set(signal, at);
      mixture.set(mixAtSnr(signal, nextNoise(), from + (to - from) * random.float32()), at);
    }
    const shape = [batch, 1, crop];
    yield { mixture: tensor(mixture, { shape }), clean: tensor(clean, { shape }) };
  }
}

/** A function that gives `crop` samples from a random place of `signals`. */
function crops(name: string, signals: readonly Float32Array[], crop: number, random: RandomSource): () => Float32Array {
  const usable = signals.filter(({ length }) => length > 0);
  if (usable.length === 0) throw new OptionError(`trainingPairs: there are no ${name} signals, or they are all empty`);
  const total = usable.reduce((sum, { length }) => sum + length, 0);
  return () => {
    let at = Math.min(total - 1, Math.floor(random.float32() * total));
    let i = 0;
    while (at >= usable[i]!.length) at -= usable[i++]!.length;
    const signal = usable[i]!;
    if (signal.length < crop) return Float32Array.from({ length: crop }, (_, t) => signal[(at + t) % signal.length]!);
    const start = Math.floor(random.float32() * (signal.length - crop + 1));
    return signal.subarray(start, start + crop);
  };
}
